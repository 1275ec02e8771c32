/*
 * libpasscode: passcodes (RFC 4226, RFC 6238) from the user's agent, for programs in C and C++.
 *
 *     char code[PASSCODE_CODE_MAX];
 *     passcode_status status = passcode_get("work", code, sizeof code, NULL, NULL);
 *     if (status != PASSCODE_OK)
 *         fprintf(stderr, "%s %s\n", passcode_status_text(status), passcode_status_hint(status));
 *
 * All functions may be called from any thread, at the same time, and after fork(). Nothing is kept between calls and
 * nothing has to be freed. No call raises a signal or prints; a handler of SIGCHLD may see a child end that was not the
 * program's own, where an agent had to be started. Every call ends; PASSCODE_ANSWER_SECONDS tells when (on Windows, an
 * agent that hangs is waited for). The agent is found as by `passcode`: PASSCODE_SOCKET, PASSCODE_HOME, or the user's
 * own; an agent of another user is refused.
 *
 * Made by cbindgen from the library's sources. SPDX-License-Identifier: MIT OR Apache-2.0
 */

#ifndef PASSCODE_H
#define PASSCODE_H

#include <stddef.h>
#include <stdint.h>

/* The version that this header is of; passcode_version() tells that of the library in use. */
#define PASSCODE_VERSION_MAJOR 0
#define PASSCODE_VERSION_MINOR 1
#define PASSCODE_VERSION_PATCH 0
#define PASSCODE_VERSION_NUMBER \
    (PASSCODE_VERSION_MAJOR * 10000 + PASSCODE_VERSION_MINOR * 100 + PASSCODE_VERSION_PATCH)

/* Define PASSCODE_STATIC before including this header to link the static library on Windows. */
#if defined(_WIN32) && !defined(PASSCODE_STATIC)
#define PASSCODE_API __declspec(dllimport)
#elif defined(__GNUC__) && !defined(_WIN32)
#define PASSCODE_API __attribute__((visibility("default")))
#else
#define PASSCODE_API
#endif

/* What structures begin with: passcode_options options = PASSCODE_OPTIONS_INIT; */
#define PASSCODE_OPTIONS_INIT {sizeof(passcode_options), NULL, 0, 0, 0, 0}
#define PASSCODE_INFO_INIT {sizeof(passcode_info), 0, 0, 0, 0, {0}}


/**
 * Bytes that hold every passcode with the zero at its end. A smaller buffer is refused before anything is asked.
 */
#define PASSCODE_CODE_MAX 16

/**
 * Bytes that hold every name with the zero at its end.
 */
#define PASSCODE_NAME_MAX 264

/**
 * The most bytes of a text that a call takes, without the zero at its end.
 */
#define PASSCODE_TEXT_MAX 1024

/**
 * Seconds that an agent has to answer at all, and to be started. A call ends at the latest after these, the wait of
 * its options, and PASSCODE_USER_SECONDS where the user may be asked.
 */
#define PASSCODE_ANSWER_SECONDS 10

/**
 * Seconds that the user has to unlock the vault.
 */
#define PASSCODE_USER_SECONDS 60

/**
 * The longest wait for a code, in seconds, and what an options' wait of 0 means.
 */
#define PASSCODE_WAIT_MAX 60

/**
 * Flag: never a time step whose code was given before, to anyone; wait for the next one. For services that refuse a
 * code they have seen. Without effect on counter-based profiles, which never give a code twice.
 */
#define PASSCODE_FRESH 1

/**
 * Flag: when the vault is locked, fail at once rather than have the agent ask the user.
 */
#define PASSCODE_NO_PROMPT 2

/**
 * Flag: when no agent runs, fail at once rather than start one.
 */
#define PASSCODE_NO_START 4

/**
 * Flag: when the code is not ready, fail at once rather than wait for the next time step.
 */
#define PASSCODE_NO_WAIT 8

/**
 * Flag of a profile: it is the one that NULL means.
 */
#define PASSCODE_PROFILE_DEFAULT 1

/**
 * Flag of a profile: the organisation has unpaired it, so that its codes are accepted no more.
 */
#define PASSCODE_PROFILE_ENDED 2

/**
 * Flag of a profile: its secret is shorter than RFC 4226 requires (section 4, R6).
 */
#define PASSCODE_PROFILE_WEAK 4

/**
 * How a call ended. A hundredth of the number is the exit status of `passcode` for the same failure; later versions
 * may add numbers within these groups, so treat one that you do not know as its group, `status / 100`.
 */
typedef enum passcode_status {
    /**
     * It was done.
     */
    PASSCODE_OK = 0,
    /**
     * It failed in a way that no other status names.
     */
    PASSCODE_FAILED = 100,
    /**
     * Agent or library failed at something that should have worked.
     */
    PASSCODE_INTERNAL = 101,
    /**
     * Agent and library are of versions that do not understand each other.
     */
    PASSCODE_VERSION = 102,
    /**
     * The agent could not write to disk; no code was spent.
     */
    PASSCODE_STORE_FAILED = 103,
    /**
     * The computer's clock cannot be right.
     */
    PASSCODE_CLOCK_WRONG = 104,
    /**
     * A pointer that must not be NULL is, or a structure is not where one can be.
     */
    PASSCODE_BAD_ARGUMENT = 200,
    /**
     * The buffer is too small; nothing was asked and no code was spent.
     */
    PASSCODE_BUFFER_TOO_SMALL = 201,
    /**
     * A text is empty, longer than PASSCODE_TEXT_MAX, or not UTF-8.
     */
    PASSCODE_BAD_TEXT = 202,
    /**
     * The options have no size, a flag that this version does not know, or a value out of range.
     */
    PASSCODE_BAD_OPTIONS = 203,
    /**
     * No agent is running, and none could or should be started.
     */
    PASSCODE_UNREACHABLE = 300,
    /**
     * The agent did not answer in time.
     */
    PASSCODE_TIMED_OUT = 301,
    /**
     * The agent is ending.
     */
    PASSCODE_STOPPING = 302,
    /**
     * The vault is locked, and the user did not unlock it.
     */
    PASSCODE_LOCKED = 400,
    /**
     * A PIN has to be made before codes are given.
     */
    PASSCODE_PIN_DUE = 401,
    /**
     * The agent refuses.
     */
    PASSCODE_REFUSED = 500,
    /**
     * The code would not be ready within the wait.
     */
    PASSCODE_NOT_READY = 501,
    /**
     * The agent has too many connections.
     */
    PASSCODE_BUSY = 502,
    /**
     * The agent belongs to another user, or this program may not do that.
     */
    PASSCODE_FORBIDDEN = 503,
    /**
     * The administrator's policy forbids it.
     */
    PASSCODE_POLICY_FORBIDS = 504,
    /**
     * There is no such profile.
     */
    PASSCODE_NO_SUCH_PROFILE = 600,
    /**
     * More than one profile fits.
     */
    PASSCODE_AMBIGUOUS = 601,
    /**
     * No profile was named, and there is no default among several.
     */
    PASSCODE_NONE_NAMED = 602,
    /**
     * No profile is paired yet.
     */
    PASSCODE_NOTHING_PAIRED = 603,
    /**
     * The organisation has unpaired this profile.
     */
    PASSCODE_UNPAIRED_THERE = 604,
    /**
     * The user typed a wrong PIN or passphrase.
     */
    PASSCODE_WRONG_PIN = 700,
    /**
     * No PIN is taken after wrong ones.
     */
    PASSCODE_BLOCKED = 800,
    /**
     * The vault is damaged or cannot be read.
     */
    PASSCODE_VAULT = 1000,
} passcode_status;

/**
 * How the vault of an agent that answers is.
 */
typedef enum passcode_state {
    /**
     * Nothing has been paired yet.
     */
    PASSCODE_STATE_EMPTY = 1,
    /**
     * The keys are not in memory.
     */
    PASSCODE_STATE_LOCKED = 2,
    /**
     * The vault is being opened.
     */
    PASSCODE_STATE_OPENING = 3,
    /**
     * Codes are served.
     */
    PASSCODE_STATE_OPEN = 4,
    /**
     * The vault on disk cannot be used; `passcode status` says why.
     */
    PASSCODE_STATE_BROKEN = 5,
} passcode_state;

/**
 * Kinds of passcode.
 */
typedef enum passcode_kind {
    /**
     * Time-based, RFC 6238.
     */
    PASSCODE_TOTP = 1,
    /**
     * Counter-based, RFC 4226.
     */
    PASSCODE_HOTP = 2,
    /**
     * Time-based with Steam's alphabet, five characters to a code.
     */
    PASSCODE_STEAM = 3,
} passcode_kind;

/**
 * How a code is wanted. Begin with PASSCODE_OPTIONS_INIT; what is 0 or NULL is as usual.
 */
typedef struct passcode_options {
    /**
     * The size of this structure, which tells the library the version of its caller's header.
     */
    size_t size;
    /**
     * What the code is for, such as the host of the VPN: shown to the user where he is asked, and told to whoever watches
     * the agent. UTF-8, at most 256 bytes, no control characters. NULL: nothing to tell.
     */
    const char *purpose;
    /**
     * PASSCODE_FRESH, PASSCODE_NO_PROMPT, PASSCODE_NO_START and PASSCODE_NO_WAIT, joined with `|`.
     */
    uint32_t flags;
    /**
     * At least so many seconds of validity left, else the code of the next time step. 0: any.
     */
    uint32_t min_valid;
    /**
     * At most so many seconds for the next time step to come, 1 to PASSCODE_WAIT_MAX. 0: PASSCODE_WAIT_MAX.
     */
    uint32_t wait;
    /**
     * Room for later versions; 0.
     */
    uint32_t reserved;
} passcode_options;

/**
 * What there is to know of a code. Begin with PASSCODE_INFO_INIT; a call that fails sets all but the size to 0.
 */
typedef struct passcode_info {
    /**
     * The size of this structure, which tells the library the version of its caller's header.
     */
    size_t size;
    /**
     * Its kind, a `passcode_kind`.
     */
    uint32_t kind;
    /**
     * Time-based: whole seconds for which it is good from now on. Counter-based: 0.
     */
    uint32_t seconds_left;
    /**
     * Time-based: the first second at which it is over, in seconds since 1970. Counter-based: 0.
     */
    uint64_t valid_to;
    /**
     * Counter-based: the counter that it was made from, which is spent. Time-based: 0.
     */
    uint64_t counter;
    /**
     * The name of the profile, in UTF-8.
     */
    char profile[PASSCODE_NAME_MAX];
} passcode_info;

/**
 * A profile. Its texts are UTF-8, without control characters.
 */
typedef struct passcode_profile {
    /**
     * Its kind, a `passcode_kind`.
     */
    uint32_t kind;
    /**
     * Characters of its codes.
     */
    uint32_t digits;
    /**
     * Seconds of a time step; 0 when it is counter-based.
     */
    uint32_t period;
    /**
     * PASSCODE_PROFILE_DEFAULT, PASSCODE_PROFILE_ENDED and PASSCODE_PROFILE_WEAK, joined with `|`.
     */
    uint32_t flags;
    /**
     * Room for later versions; 0.
     */
    uint32_t reserved[8];
    /**
     * Its name, to be given to `passcode_get`.
     */
    char name[PASSCODE_NAME_MAX];
    /**
     * Who issued it; may be empty.
     */
    char issuer[PASSCODE_NAME_MAX];
    /**
     * The account that it is for; may be empty.
     */
    char account[PASSCODE_NAME_MAX];
} passcode_profile;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * Gets a passcode.
 *
 * A counter-based code is spent by this, and the next call gives the next one; its counter is on disk before the code
 * comes. Whatever can be found wrong without asking is found first, so that no code is spent for nothing.
 *
 * @param profile A name, a unique beginning of one, or `issuer:account`, in UTF-8. NULL: the default profile.
 * @param buffer Where the code goes, with a zero at its end. It is wiped first; after a failure it is all zero, in its
 *     first PASSCODE_CODE_MAX bytes. Wipe it when you have used the code (explicit_bzero, memset_s).
 * @param length The bytes of the buffer, at least PASSCODE_CODE_MAX.
 * @param options How it is wanted. NULL: as usual, which is to wait and to ask the user where that is needed.
 * @param info Where to tell more of the code. NULL: nowhere.
 * @return PASSCODE_OK, or what is in the way. A call that ends with PASSCODE_TIMED_OUT may have spent a counter-based
 *     code.
 */
PASSCODE_API
enum passcode_status passcode_get(const char *profile,
                                  char *buffer,
                                  size_t length,
                                  const struct passcode_options *options,
                                  struct passcode_info *info);

/**
 * Lists the profiles. Nothing is spent by this, and the vault has to be open.
 *
 * @param profiles An array for them. NULL with a capacity of 0: only count them.
 * @param capacity For how many profiles the array has room.
 * @param count How many profiles there are, also when there is no room for them; 0 after other failures.
 * @param options PASSCODE_NO_START matters, the rest does not. NULL: as usual.
 * @return PASSCODE_OK; PASSCODE_BUFFER_TOO_SMALL when there are more than `capacity`, and the array is left as it was;
 *     or what is in the way.
 */
PASSCODE_API
enum passcode_status passcode_list(struct passcode_profile *profiles,
                                   size_t capacity,
                                   size_t *count,
                                   const struct passcode_options *options);

/**
 * Tells how the agent is. It starts none, asks nobody, and does not count as use of the vault.
 *
 * @param state Where its state goes, when it answers.
 * @return PASSCODE_OK; PASSCODE_UNREACHABLE when none runs; or what is in the way.
 */
PASSCODE_API enum passcode_status passcode_agent_state(enum passcode_state *state);

/**
 * Says what happened, in one English sentence.
 *
 * @param status What a call returned; any other number is answered too.
 * @return A text that lasts for ever. Never NULL. Texts may change between versions, numbers do not.
 */
PASSCODE_API const char *passcode_status_text(int status);

/**
 * Says what the user can do about it, in English.
 *
 * @param status What a call returned; any other number is answered too.
 * @return A text that lasts for ever. Never NULL. Texts may change between versions, numbers do not.
 */
PASSCODE_API const char *passcode_status_hint(int status);

/**
 * The version of the library that is in use, which may be later than that of the header: "1.2.3".
 *
 * @return A text that lasts for ever. Never NULL.
 */
PASSCODE_API const char *passcode_version(void);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* PASSCODE_H */
