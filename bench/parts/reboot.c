/* The bench of the end of a machine. As process 1: the floor, the least that it can take: so many processes,
 * TERM to each, wait for each, reset. As any other process: the service, which ends at once when it is told to.
 * SERVICES in the environment (a word of the kernel's command line) says how many. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <unistd.h>

static void say(const char *text) {
    int kernel_log = open("/dev/kmsg", O_WRONLY);
    if (kernel_log < 0 || write(kernel_log, text, strlen(text)) < 0) _exit(1);
    close(kernel_log);
}

int main(void) {
    if (getpid() != 1)
        for (;;) pause();
    const char *word = getenv("SERVICES");
    int count = word ? atoi(word) : 0;
    pid_t *pids = calloc(count + 1, sizeof *pids);
    for (int i = 0; i < count; i++) {
        pids[i] = fork();
        if (pids[i] == 0) {
            execl("/service", "service", (char *)0);
            _exit(111);
        }
    }
    sleep(3);
    say("<0>bench: begin");
    for (int i = 0; i < count; i++) kill(pids[i], SIGTERM);
    while (wait(0) > 0) {}
    sync();
    reboot(RB_AUTOBOOT);
    for (;;) pause();
}
