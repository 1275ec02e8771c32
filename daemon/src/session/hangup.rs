//! Noticing that a caller has gone for good while its request waits for the user. That the caller has only stopped
//! sending is no sign of it: its answer is still written.

#[cfg(unix)]
mod system {
    use std::io::{self, ErrorKind};
    use std::os::fd::{AsFd, OwnedFd};
    use std::os::unix::net;

    use tokio::io::Interest;
    use tokio::net::UnixStream;

    /// A second handle of a connection, to listen for its end.
    #[derive(Debug)]
    pub struct Hangup(OwnedFd);

    impl Hangup {
        /// The one of `connection`, if the system gives it.
        pub fn of(connection: &impl AsFd) -> Option<Self> {
            connection.as_fd().try_clone_to_owned().ok().map(Self)
        }

        /// Waits until both directions are closed; for ever when that cannot be watched.
        pub async fn wait(&self) {
            if self.watch().await.is_err() {
                std::future::pending().await
            }
        }

        async fn watch(&self) -> io::Result<()> {
            let connection = net::UnixStream::from(self.0.try_clone()?);
            let connection = UnixStream::from_std(connection)?;
            while !connection.ready(Interest::WRITABLE).await?.is_write_closed() {
                // Room to write is no news: it is taken back, so that the next event is waited for.
                let no_news = || io::Result::<()>::Err(ErrorKind::WouldBlock.into());
                let _ = connection.try_io(Interest::WRITABLE, no_news);
            }
            Ok(())
        }
    }
}

#[cfg(not(unix))]
mod system {
    /// Not watched on this system: a question to the user ends by its deadline.
    #[derive(Debug)]
    pub struct Hangup(std::convert::Infallible);

    impl Hangup {
        /// Waits for ever.
        pub async fn wait(&self) {
            std::future::pending().await
        }
    }
}

pub use system::Hangup;
