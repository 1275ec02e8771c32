//! A courier whose letters a test answers. Clones are the same courier.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;
use zeroize::Zeroizing;

use crate::ports::courier::{Courier, Delivery, Letter, ProxyLogin, Reply, Undelivered};

/// The fake courier. A letter is answered by [`FakeCourier::serve`]'s service, or waits until
/// [`FakeCourier::answer`].
#[derive(Clone, Default)]
pub struct FakeCourier(Arc<Mutex<Post>>);

type Service = Box<dyn FnMut(&Letter) -> Result<Reply, Undelivered> + Send>;

#[derive(Default)]
struct Post {
    service: Option<Service>,
    delivered: Vec<Letter>,
    logins: Vec<Option<ProxyLogin>>,
    waiting: VecDeque<oneshot::Sender<Result<Reply, Undelivered>>>,
}

impl FakeCourier {
    /// Lets `service` answer every letter from now on.
    pub fn serve(
        &self,
        service: impl FnMut(&Letter) -> Result<Reply, Undelivered> + Send + 'static,
    ) {
        self.post().service = Some(Box::new(service));
    }

    /// Lets letters wait from now on.
    pub fn hold(&self) {
        self.post().service = None;
    }

    /// Every letter so far.
    pub fn delivered(&self) -> Vec<Letter> {
        self.post().delivered.clone()
    }

    /// The proxy's login that went with each letter.
    pub fn logins(&self) -> Vec<Option<ProxyLogin>> {
        self.post().logins.clone()
    }

    /// Number of letters that wait.
    pub fn waiting(&self) -> usize {
        self.post().waiting.iter().filter(|waiting| !waiting.is_closed()).count()
    }

    /// Answers the letter that has waited longest.
    ///
    /// # Panics
    /// When none waits.
    pub fn answer(&self, answer: Result<Reply, Undelivered>) {
        let waiting = self.post().waiting.pop_front().expect("a letter waits");
        // The delivery may have been ended in this instant.
        let _ = waiting.send(answer);
    }

    fn post(&self) -> MutexGuard<'_, Post> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An answer with a body of JSON.
pub fn json(status: u16, body: &str) -> Reply {
    Reply {
        status,
        media: "application/json".to_owned(),
        retry_after: None,
        date: None,
        body: Zeroizing::new(body.as_bytes().to_vec()),
    }
}

impl Courier for FakeCourier {
    fn deliver(&self, letter: Letter, login: Option<ProxyLogin>) -> Delivery {
        let mut post = self.post();
        post.delivered.push(letter.clone());
        post.logins.push(login);
        // The service is taken out meanwhile: it may look at this very courier.
        let Some(mut service) = post.service.take() else {
            let (answer, answered) = oneshot::channel();
            post.waiting.push_back(answer);
            return Box::pin(async move { answered.await.unwrap_or(Err(Undelivered::Failed)) });
        };
        drop(post);
        let answer = service(&letter);
        self.post().service.get_or_insert(service);
        Box::pin(std::future::ready(answer))
    }
}
