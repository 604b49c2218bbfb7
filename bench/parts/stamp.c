/* stamp: the service of the bench. It notes when it began to run, and then sleeps.
 *
 * The note goes into the file $BENCH_STAMPS, which all services map: a counter, then one record a
 * start. No system call between the exec and the clock but those that find the file.
 * Built with -DENDS_AT_ONCE it ends instead of sleeping: a service in a crash loop. */

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define MOST_RECORDS 65535

struct record {
    uint64_t nanoseconds; /* CLOCK_MONOTONIC; written last */
    uint64_t pid;
};

struct stamps {
    uint64_t count;
    uint64_t unused;
    struct record records[MOST_RECORDS];
};

int main(void)
{
    struct timespec now;
    const char *path = getenv("BENCH_STAMPS");
    int file;

    clock_gettime(CLOCK_MONOTONIC, &now);
    file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (file >= 0) {
        struct stamps *stamps = mmap(0, sizeof *stamps, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        if (stamps != MAP_FAILED) {
            uint64_t mine = __atomic_fetch_add(&stamps->count, 1, __ATOMIC_RELAXED);
            if (mine < MOST_RECORDS) {
                stamps->records[mine].pid = (uint64_t)getpid();
                __atomic_store_n(&stamps->records[mine].nanoseconds,
                                 (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec,
                                 __ATOMIC_RELEASE);
            }
            munmap(stamps, sizeof *stamps);
        }
        close(file);
    }
#ifndef ENDS_AT_ONCE
    for (;;)
        pause();
#endif
    return 0;
}
