
/* The version that this header is of; passcode_version() tells that of the library in use. */
#define PASSCODE_VERSION_MAJOR @MAJOR@
#define PASSCODE_VERSION_MINOR @MINOR@
#define PASSCODE_VERSION_PATCH @PATCH@
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
