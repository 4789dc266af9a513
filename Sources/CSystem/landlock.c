#define _GNU_SOURCE
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Rights on files (landlock(7)). Numbers of our own: the system's header may be older than the
   kernel. */

enum { create_ruleset = 444, add_rule = 445, restrict_self = 446 };
enum { rule_path_beneath = 1 };

#define RIGHT(number) ((uint64_t)1 << (number))

static const uint64_t write_file = RIGHT(1), read_file = RIGHT(2), make_char = RIGHT(6),
    make_block = RIGHT(11), truncate_file = RIGHT(14), device_control = RIGHT(15);
/* Remove folders and files; make devices, folders, files, sockets, pipes and links. */
static const uint64_t change_folder =
    RIGHT(4) | RIGHT(5) | RIGHT(6) | RIGHT(7) | RIGHT(8) | RIGHT(9) | RIGHT(10) | RIGHT(11) | RIGHT(12);
static const uint64_t move_between_folders = RIGHT(13);
/* Signals to, and abstract sockets of, processes outside. */
static const uint64_t scopes = RIGHT(0) | RIGHT(1);

struct ruleset {
    uint64_t files, network, scoped;
};

struct path_rule {
    uint64_t allowed;
    int32_t parent;
} __attribute__((packed));

/* What is forbidden wherever no rule allows it, in this version. */
static uint64_t handled_rights(int version, int limits_reading) {
    uint64_t rights = write_file | change_folder;
    if (version >= 2) rights |= move_between_folders;
    if (version >= 3) rights |= truncate_file;
    if (version >= 5) rights |= device_control;
    return limits_reading ? rights | read_file : rights;
}

static int allow(int ruleset, char *const *paths, uint64_t rights) {
    for (; *paths != NULL; paths++) {
        int place = open(*paths, O_PATH | O_CLOEXEC);
        if (place < 0) continue;
        struct stat found;
        int code = fstat(place, &found) == 0 ? 0 : errno;
        // A file's rule may only name rights of files.
        uint64_t of_files = write_file | read_file | truncate_file | device_control;
        struct path_rule rule = {
            .allowed = S_ISDIR(found.st_mode) ? rights : rights & of_files, .parent = place};
        if (code == 0 && rule.allowed != 0
            && syscall(add_rule, ruleset, rule_path_beneath, &rule, 0) != 0)
            code = errno;
        close(place);
        if (code != 0) return code;
    }
    return 0;
}

int wt_restrict_files(const struct wt_sandbox *sandbox) {
    int version = sandbox->landlock;
    uint64_t handled = handled_rights(version, sandbox->readable != NULL);
    struct ruleset attributes = {.files = handled, .scoped = version >= 6 ? scopes : 0};
    size_t size = version >= 6 ? 24 : version >= 4 ? 16 : 8;
    int ruleset = (int)syscall(create_ruleset, &attributes, size, 0);
    if (ruleset < 0) return errno;
    // Nobody makes devices, wherever they may write; and what is hidden may lie inside what may be written.
    int code =
        allow(ruleset, sandbox->writable, handled & ~(make_char | make_block | read_file));
    if (code == 0 && sandbox->readable != NULL)
        code = allow(ruleset, sandbox->readable, read_file);
    if (code == 0 && syscall(restrict_self, ruleset, 0) != 0) code = errno;
    close(ruleset);
    return code;
}
