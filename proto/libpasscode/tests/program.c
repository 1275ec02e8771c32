/* A program that embeds libpasscode as others do, in C99 and in C++. It prints what the library said, for the tests in
 * tests/embedding to judge; what only a program in C can see, it judges itself. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <passcode.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS 8
#define CODES 50

static unsigned number_after(const char *text, const char *name)
{
    const char *found = strstr(text, name);
    return found ? (unsigned)strtoul(found + strlen(name), NULL, 10) : 0;
}

/* Options by words: fresh, no-prompt, no-start, no-wait, min-valid=N, wait=N, purpose=TEXT. */
static passcode_options options_of(int count, char **words)
{
    passcode_options options = PASSCODE_OPTIONS_INIT;
    for (int at = 0; at < count; at++) {
        if (!strncmp(words[at], "purpose=", 8))
            options.purpose = words[at] + 8;
        options.flags |= strstr(words[at], "fresh") ? PASSCODE_FRESH : 0;
        options.flags |= strstr(words[at], "no-prompt") ? PASSCODE_NO_PROMPT : 0;
        options.flags |= strstr(words[at], "no-start") ? PASSCODE_NO_START : 0;
        options.flags |= strstr(words[at], "no-wait") ? PASSCODE_NO_WAIT : 0;
        options.min_valid += number_after(words[at], "min-valid=");
        options.wait += strncmp(words[at], "wait=", 5) ? 0 : number_after(words[at], "wait=");
    }
    return options;
}

static const char *profile_of(const char *word)
{
    return strcmp(word, "-") ? word : NULL;
}

static int get(const char *profile, int count, char **words)
{
    char code[PASSCODE_CODE_MAX];
    passcode_info info = PASSCODE_INFO_INIT;
    passcode_options options = options_of(count, words);
    passcode_status status = passcode_get(profile_of(profile), code, sizeof code, &options, &info);
    printf("%d %s kind=%u left=%u to=%" PRIu64 " counter=%" PRIu64 " profile=%s\n", (int)status, code, (unsigned)info.kind,
           (unsigned)info.seconds_left, info.valid_to, info.counter, info.profile);
    return 0;
}

static void on_alarm(int signal)
{
    (void)signal;
}

/* A signal that is handled comes every few milliseconds. */
static int interrupted(const char *profile, int count, char **words)
{
    struct sigaction action;
    struct itimerval often = {{0, 3000}, {0, 3000}};
    memset(&action, 0, sizeof action);
    action.sa_handler = on_alarm;
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
    for (int time = 0; time < 3; time++)
        get(profile, count, words);
    return 0;
}

static void *get_many(void *profile)
{
    static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
    for (int time = 0; time < CODES; time++) {
        char code[PASSCODE_CODE_MAX];
        passcode_info info = PASSCODE_INFO_INIT;
        passcode_status status = passcode_get((const char *)profile, code, sizeof code, NULL, &info);
        pthread_mutex_lock(&one_at_a_time);
        if (status == PASSCODE_OK)
            printf("%" PRIu64 " %s\n", info.counter, code);
        else
            printf("failed: %s\n", passcode_status_text(status));
        pthread_mutex_unlock(&one_at_a_time);
    }
    return NULL;
}

static int threads(char *profile)
{
    pthread_t all[THREADS];
    for (int thread = 0; thread < THREADS; thread++)
        pthread_create(&all[thread], NULL, get_many, profile);
    for (int thread = 0; thread < THREADS; thread++)
        pthread_join(all[thread], NULL);
    return 0;
}

static void print_code(const char *profile)
{
    char code[PASSCODE_CODE_MAX];
    passcode_get(profile, code, sizeof code, NULL, NULL);
    printf("%s\n", code);
    fflush(stdout);
}

static int in_a_child_too(const char *profile)
{
    pid_t child;
    print_code(profile);
    child = fork();
    if (child == 0) {
        print_code(profile);
        _exit(0);
    }
    waitpid(child, NULL, 0);
    print_code(profile);
    return 0;
}

static int list(void)
{
    passcode_profile profiles[3], untouched;
    size_t count = 7;
    passcode_status status = passcode_list(NULL, 0, &count, NULL);
    printf("count=%zu of 0: %d\n", count, (int)status);
    memset(profiles, 0x55, sizeof profiles);
    memset(&untouched, 0x55, sizeof untouched);
    status = passcode_list(profiles, 1, &count, NULL);
    printf("count=%zu of 1: %d, %s\n", count, (int)status,
           memcmp(&profiles[0], &untouched, sizeof untouched) ? "touched" : "untouched");
    status = passcode_list(profiles, 3, &count, NULL);
    printf("count=%zu of 3: %d\n", count, (int)status);
    for (size_t at = 0; at < count; at++)
        printf("%s|%s|%s|kind=%u digits=%u period=%u flags=%u\n", profiles[at].name, profiles[at].issuer,
               profiles[at].account, (unsigned)profiles[at].kind, (unsigned)profiles[at].digits,
               (unsigned)profiles[at].period, (unsigned)profiles[at].flags);
    return 0;
}

static int count_all(void)
{
    size_t count = 0, capacity;
    passcode_profile *profiles;
    passcode_status status;
    passcode_list(NULL, 0, &count, NULL);
    capacity = count;
    profiles = (passcode_profile *)calloc(capacity, sizeof *profiles);
    if (profiles == NULL)
        return 1;
    status = passcode_list(profiles, capacity, &count, NULL);
    printf("%d %zu first=%s last=%s\n", (int)status, count, profiles[0].name, profiles[count - 1].name);
    free(profiles);
    return 0;
}

static int mistakes;

static void expect(const char *what, passcode_status said, passcode_status expected)
{
    if (said != expected) {
        printf("%s: %d instead of %d\n", what, (int)said, (int)expected);
        mistakes++;
    }
}

/* Whether the first `length` bytes are zero and the others as they were. */
static void expect_wiped(const char *what, const char *bytes, size_t length, size_t size)
{
    for (size_t at = 0; at < size; at++)
        if (bytes[at] != (at < length ? 0 : 'x')) {
            printf("%s: byte %zu\n", what, at);
            mistakes++;
            return;
        }
}

static void misuse_buffers(void)
{
    char code[64];
    for (size_t length = 0; length < PASSCODE_CODE_MAX; length++) {
        memset(code, 'x', sizeof code);
        expect("a small buffer", passcode_get("hotp", code, length, NULL, NULL), PASSCODE_BUFFER_TOO_SMALL);
        expect_wiped("a small buffer", code, length, sizeof code);
    }
    expect("no buffer", passcode_get("hotp", NULL, 64, NULL, NULL), PASSCODE_BAD_ARGUMENT);
    memset(code, 'x', sizeof code);
    expect("no such profile", passcode_get("nobody", code, sizeof code, NULL, NULL), PASSCODE_NO_SUCH_PROFILE);
    expect_wiped("no such profile", code, PASSCODE_CODE_MAX, sizeof code);
    memset(code, 'x', sizeof code);
    expect("not UTF-8", passcode_get("h\xff", code, sizeof code, NULL, NULL), PASSCODE_BAD_TEXT);
    expect_wiped("not UTF-8", code, PASSCODE_CODE_MAX, sizeof code);
    expect("no text", passcode_get("", code, sizeof code, NULL, NULL), PASSCODE_BAD_TEXT);
}

static void misuse_texts(void)
{
    char code[PASSCODE_CODE_MAX];
    size_t length = 1000000;
    char *text = (char *)malloc(length + 1);
    if (text == NULL)
        return;
    memset(text, 'h', length);
    text[length] = 0;
    expect("a long text", passcode_get(text, code, sizeof code, NULL, NULL), PASSCODE_BAD_TEXT);
    text[PASSCODE_TEXT_MAX] = 0;
    expect("the longest text", passcode_get(text, code, sizeof code, NULL, NULL), PASSCODE_NO_SUCH_PROFILE);
    free(text);
}

static void misuse_options(void)
{
    char code[PASSCODE_CODE_MAX];
    struct {
        passcode_options known;
        unsigned later[4];
    } larger;
    passcode_options options = PASSCODE_OPTIONS_INIT;
    options.size = 0;
    expect("no size", passcode_get("hotp", code, sizeof code, &options, NULL), PASSCODE_BAD_OPTIONS);
    options.size = sizeof options - 1;
    expect("a small size", passcode_get("hotp", code, sizeof code, &options, NULL), PASSCODE_BAD_OPTIONS);
    options.size = (size_t)-1;
    expect("a wild size", passcode_get("hotp", code, sizeof code, &options, NULL), PASSCODE_BAD_OPTIONS);
    options.size = sizeof options;
    options.flags = 0x80000000u;
    expect("an unknown flag", passcode_get("hotp", code, sizeof code, &options, NULL), PASSCODE_BAD_OPTIONS);
    options.flags = 0;
    options.wait = PASSCODE_WAIT_MAX + 1;
    expect("a long wait", passcode_get("hotp", code, sizeof code, &options, NULL), PASSCODE_BAD_OPTIONS);
    options.wait = 0;
    options.reserved = 1;
    expect("a reserved field", passcode_get("hotp", code, sizeof code, &options, NULL), PASSCODE_BAD_OPTIONS);
    options.reserved = 0;
    options.purpose = "vpn\nexample";
    expect("a line break", passcode_get("hotp", code, sizeof code, &options, NULL), PASSCODE_BAD_TEXT);
    memset(&larger, 0, sizeof larger);
    larger.known.size = sizeof larger;
    expect("a later version", passcode_get("nobody", code, sizeof code, &larger.known, NULL), PASSCODE_NO_SUCH_PROFILE);
    larger.later[3] = 1;
    expect("a later field", passcode_get("nobody", code, sizeof code, &larger.known, NULL), PASSCODE_BAD_OPTIONS);
}

static void misuse_the_rest(void)
{
    char code[PASSCODE_CODE_MAX];
    passcode_info info = PASSCODE_INFO_INIT;
    passcode_profile profile;
    size_t count = 7;
    info.size = 3;
    expect("a small info", passcode_get("hotp", code, sizeof code, NULL, &info), PASSCODE_BAD_OPTIONS);
    expect("no place for a state", passcode_agent_state(NULL), PASSCODE_BAD_ARGUMENT);
    expect("no count", passcode_list(&profile, 1, NULL, NULL), PASSCODE_BAD_ARGUMENT);
    expect("no array", passcode_list(NULL, 1, &count, NULL), PASSCODE_BAD_ARGUMENT);
    if (count != 0)
        mistakes++;
}

static int misuse(void)
{
    misuse_buffers();
    misuse_texts();
    misuse_options();
    misuse_the_rest();
    printf("%d mistakes were let through\n", mistakes);
    return mistakes != 0;
}

static int state(void)
{
    passcode_state now = (passcode_state)0;
    passcode_status status = passcode_agent_state(&now);
    printf("%d %d\n", (int)status, (int)now);
    return 0;
}

static int texts(void)
{
    for (int status = 0; status <= 1001; status++)
        if (status % 100 <= 5 && strcmp(passcode_status_text(status), passcode_status_text(99999)))
            printf("%d %s %s\n", status, passcode_status_text(status), passcode_status_hint(status));
    printf("%d %s %s\n", -1, passcode_status_text(-1), passcode_status_hint(-1));
    return 0;
}

static int with_others_rights(const char *profile)
{
    return setegid(getegid() + 1) ? 1 : get(profile, 0, NULL);
}

static int childless(const char *profile)
{
    char code[PASSCODE_CODE_MAX];
    passcode_status status = passcode_get(profile, code, sizeof code, NULL, NULL);
    int has_none = waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD;
    printf("%d %s\n", (int)status, has_none ? "no children" : "a child");
    return 0;
}

static int leak(void)
{
    char *lost = (char *)malloc(100);
    if (lost)
        memset(lost, 1, 100);
    lost = NULL;
    return lost != NULL;
}

/* How often what `hidden` spells stands in memory that can be written, but for `hidden` itself, which is turned around. */
static int copies_of(const unsigned char *hidden, size_t length)
{
    static unsigned char page[1 << 16];
    int found = 0, memory = open("/proc/self/mem", O_RDONLY);
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[512];
    while (maps && fgets(line, sizeof line, maps)) {
        uintptr_t begin, end;
        char read_it, write_it;
        if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %c%c", &begin, &end, &read_it, &write_it) != 4 || write_it != 'w')
            continue;
        while (begin < end) {
            ssize_t got = pread(memory, page, end - begin < sizeof page ? end - begin : sizeof page, (off_t)begin);
            if (got <= 0)
                break;
            for (ssize_t at = 0; at + (ssize_t)length <= got; at++) {
                size_t same = 0;
                while (same < length && page[at + (ssize_t)same] == (unsigned char)~hidden[same])
                    same++;
                /* What was read of this page itself is another copy. */
                if (same == length && !((uintptr_t)page <= begin + (uintptr_t)at && begin + (uintptr_t)at < (uintptr_t)page + sizeof page))
                    found++;
            }
            memset(page, 0, sizeof page);
            begin += (uintptr_t)got;
        }
    }
    if (maps)
        fclose(maps);
    close(memory);
    return found;
}

static int remains(const char *profile)
{
    static char code[PASSCODE_CODE_MAX];
    unsigned char hidden[PASSCODE_CODE_MAX];
    size_t length;
    if (passcode_get(profile, code, sizeof code, NULL, NULL) != PASSCODE_OK)
        return 1;
    length = strlen(code);
    for (size_t at = 0; at < length; at++)
        hidden[at] = (unsigned char)~code[at];
    printf("with the buffer: %d\n", copies_of(hidden, length));
    memset(code, 0, sizeof code);
    printf("without it: %d\n", copies_of(hidden, length));
    return 0;
}

int main(int count, char **words)
{
    const char *verb = count > 1 ? words[1] : "", *profile = count > 2 ? words[2] : "-";
    if (!strcmp(verb, "get"))
        return get(profile, count - 3, words + 3);
    if (!strcmp(verb, "interrupted"))
        return interrupted(profile, count - 3, words + 3);
    if (!strcmp(verb, "threads") && count > 2)
        return threads(words[2]);
    if (!strcmp(verb, "ignoring") && signal(SIGCHLD, SIG_IGN) != SIG_ERR)
        return get(profile, 0, words);
    if (!strcmp(verb, "childless"))
        return childless(profile);
    if (!strcmp(verb, "others-rights"))
        return with_others_rights(profile);
    if (!strcmp(verb, "remains"))
        return remains(profile);
    if (!strcmp(verb, "fork"))
        return in_a_child_too(profile);
    if (!strcmp(verb, "list"))
        return list();
    if (!strcmp(verb, "count"))
        return count_all();
    if (!strcmp(verb, "misuse"))
        return misuse();
    if (!strcmp(verb, "state"))
        return state();
    if (!strcmp(verb, "texts"))
        return texts();
    if (!strcmp(verb, "leak"))
        return leak();
    if (!strcmp(verb, "version"))
        return printf("%d.%d.%d %s\n", PASSCODE_VERSION_MAJOR, PASSCODE_VERSION_MINOR, PASSCODE_VERSION_PATCH,
                      passcode_version()) < 0;
    return 2;
}
