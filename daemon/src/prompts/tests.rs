//! Prompts as programs and servers really write them.

use proptest::prelude::*;

use super::*;

fn meant(text: &str) -> Meant {
    reading::read(&Text::new(text), false)
}

fn challenged(text: &str) -> Meant {
    reading::read(&Text::new(text), true)
}

#[test]
fn prompts_for_a_code_are_known_in_many_languages() {
    for text in [
        "One-time password (OATH) for `otpuser': ",
        "(otpuser@127.0.0.1) One-time password (OATH) for `otpuser': ",
        "Please enter your OTP password.\nPassword:",
        "(alice@vpn.example.org) Verification code: ",
        "Duo two-factor login for alice\n\nEnter a passcode or select one of the following options:\n\n 1. Duo Push\n\nPasscode or option (1-1): ",
        "Enter PASSCODE: ",
        "Enter MFA code for arn:aws:iam::123456789012:mfa/alice: ",
        "Code:",
        "Enter token: ",
        "Enter your 6-digit code",
        "Enter your PingID passcode",
        "Bitte geben Sie Ihr Einmalpasswort ein:",
        "Bestätigungscode: ",
        "Mot de passe à usage unique : ",
        "Código de verificación: ",
        "Codice di verifica:",
        "Eenmalig wachtwoord:",
        "Engångslösenord:",
        "Hasło jednorazowe:",
        "Одноразовый пароль: ",
        "ワンタイムパスワード：",
        "请输入验证码：",
        "인증 코드:",
    ] {
        assert_eq!(meant(text), Meant::Code, "{text:?}");
    }
}

#[test]
fn prompts_for_a_password_are_never_given_a_code() {
    for text in [
        "Password:",
        "Password: ",
        "(otpuser@127.0.0.1) Password: ",
        "otpuser@127.0.0.1's password: ",
        "[sudo] password for alice: ",
        "FreeRDP authentication\nPassword: ",
        "Password for 'https://alice@git.example.org': ",
        "Please enter your password.\nPassword:",
        "Passwort: ",
        "Kennwort für alice:",
        "Mot de passe : ",
        "Contraseña: ",
        "Senha:",
        "Пароль: ",
        "パスワード:",
        "密码：",
        "Enter your password; a one-time code will be sent to your phone.",
    ] {
        assert_eq!(meant(text), Meant::Password, "{text:?}");
    }
}

#[test]
fn prompts_for_both_in_one_field_are_known() {
    for text in [
        "Password + OTP: ",
        "Enter your password followed by your one-time code:",
        "Password,passcode:",
        "Passwort und Einmalcode:",
        "password and verification code",
        "Password and code:",
        "Kennwort und Token: ",
    ] {
        assert_eq!(meant(text), Meant::PasswordAndCode, "{text:?}");
    }
}

#[test]
fn what_only_the_user_can_answer_is_left_to_the_user() {
    for text in [
        "",
        "Enter passphrase for key '/home/alice/.ssh/id_ed25519': ",
        "Are you sure you want to continue connecting (yes/no/[fingerprint])? ",
        "New password: ",
        "Retype new password: ",
        "Enter a new PIN having from 4 to 8 digits: ",
        "Enter PIN for ED25519-SK key: ",
        "Enter your recovery code: ",
        "Personal access token: ",
        "Neues Passwort: ",
        "What is your favourite colour?",
        "Your postcode:",
        "hotplate",
    ] {
        assert_eq!(meant(text), Meant::Unknown, "{text:?}");
        if !matches!(text, "" | "What is your favourite colour?" | "Your postcode:" | "hotplate") {
            assert_eq!(challenged(text), Meant::Unknown, "{text:?}");
        }
    }
}

#[test]
fn the_users_name_is_known() {
    for text in
        ["Username for 'https://git.example.org': ", "Username:", "login: ", "Benutzername:"]
    {
        assert_eq!(meant(text), Meant::User, "{text:?}");
    }
}

#[test]
fn a_challenge_in_words_nobody_knows_means_a_code_unless_it_asks_for_something_else() {
    for text in ["Enter the number that you see", "Response:", "Password1:", "RÉPONSE ?", ""] {
        assert_eq!(challenged(text), Meant::Code, "{text:?}");
    }
    assert_eq!(challenged("A password is required."), Meant::Password);
    assert_eq!(challenged("New PIN:"), Meant::Unknown);
}

#[test]
fn the_host_is_read_where_programs_write_it() {
    for (text, host) in [
        ("(alice@vpn.example.org) Password: ", Some("vpn.example.org")),
        ("alice@10.0.0.1's password: ", Some("10.0.0.1")),
        ("Password for 'https://alice@git.example.org:8443': ", Some("git.example.org")),
        ("Username for 'https://[::1]:8443': ", Some("::1")),
        ("Password: ", None),
        ("(alice@bad host) Password: ", None),
    ] {
        assert_eq!(host::named_in(&Text::new(text)), host, "{text:?}");
    }
}

#[test]
fn the_first_rule_that_fits_decides() {
    let pattern = |text: &str| Pattern::new(text);
    let rules = [
        Rule { text: pattern("enter pin*"), answer: Some(Meant::Code), ..Rule::default() },
        Rule {
            host: pattern("*.example.org"),
            profile: Label::new("work").ok(),
            ..Rule::default()
        },
        Rule { program: pattern("git"), answer: Some(Meant::Refuse), ..Rule::default() },
    ];
    let explained = |text: &str, program, host| {
        let text = Text::new(text);
        explain(&rules, &Shown { text: &text, program, host, challenge: false })
    };
    assert_eq!(explained("Enter PIN: ", None, None).answer, Meant::Code);
    let at_work = explained("(a@vpn.example.org) Code:", Some("ssh"), None);
    assert_eq!((at_work.answer, at_work.profile), (Meant::Code, Label::new("work").ok()));
    assert_eq!(explained("Code:", Some("git"), None).answer, Meant::Refuse);
    assert_eq!(explained("Code:", Some("ssh"), Some("example.net")).profile, None);
}

proptest! {
    #[test]
    fn no_prompt_is_too_strange_to_be_read(text in ".{0,200}", challenge: bool) {
        reading::read(&Text::new(&text), challenge);
    }

    #[test]
    fn without_a_word_for_a_code_none_is_given(text in "[a-z ]{0,40}(password|passwort)[ :]{0,2}") {
        prop_assume!(!text.contains("otp") && !text.contains("code") && !text.contains("token"));
        prop_assume!(!text.contains("mfa") && !text.contains("2fa"));
        prop_assert_ne!(meant(&text), Meant::Code);
    }
}
