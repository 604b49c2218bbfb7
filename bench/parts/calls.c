/* calls COUNT PROGRAM [ARGUMENT...]: runs a program so many times, one after the other, with its
 * output thrown away. Prints what the calls took in microseconds of processor time (mean), and a
 * line for each call: nanoseconds until it had ended, CLOCK_MONOTONIC at its end, exit code. */

#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static long long nanoseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

int main(int argc, char **argv)
{
    int count = argc > 2 ? atoi(argv[1]) : 0;
    double microseconds = 0;
    posix_spawn_file_actions_t quiet;
    long long *took, *ended;
    int *codes;

    if (count < 1)
        return 100;
    took = calloc((size_t)count, sizeof *took);
    ended = calloc((size_t)count, sizeof *ended);
    codes = calloc((size_t)count, sizeof *codes);
    posix_spawn_file_actions_init(&quiet);
    posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
    for (int i = 0; i < count; i++) {
        struct rusage used;
        pid_t child;
        int status;
        long long begin = nanoseconds();
        if (posix_spawn(&child, argv[2], &quiet, NULL, argv + 2, environ))
            return 111;
        wait4(child, &status, 0, &used);
        ended[i] = nanoseconds();
        took[i] = ended[i] - begin;
        codes[i] = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        microseconds += (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e6 +
                        (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
    }
    printf("%.1f\n", microseconds / count);
    for (int i = 0; i < count; i++)
        printf("%lld %lld %d\n", took[i], ended[i], codes[i]);
    return 0;
}
