/* floor DIR: the least that a process for each service can cost, to compare with. It starts a copy
 * of itself for every entry of DIR, which runs ./run there and starts it again whenever it ends.
 * TERM ends all of it. No control, no status, no logs, no delay: nothing that one would use. */

#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile pid_t service;
static volatile sig_atomic_t leaving;

static void leave(int signal)
{
    (void)signal;
    leaving = 1;
    if (service > 0)
        kill(service, SIGTERM);
}

static void supervise(const char *name)
{
    struct sigaction action = {.sa_handler = leave};

    if (chdir(name) < 0)
        _exit(111);
    prctl(PR_SET_NAME, "floor-one");
    sigaction(SIGTERM, &action, 0);
    while (!leaving) {
        service = vfork();
        if (service == 0) {
            static char *const argv[] = {(char *)"./run", 0};
            execve("./run", argv, environ);
            _exit(111);
        }
        while (waitpid(service, 0, 0) < 0 && !leaving)
            ;
        service = 0;
    }
    while (wait(0) > 0)
        ;
    _exit(0);
}

int main(int argc, char **argv)
{
    DIR *dir;
    struct dirent *entry;
    struct sigaction action = {.sa_handler = leave};

    if (argc != 2 || chdir(argv[1]) < 0 || !(dir = opendir(".")))
        return 100;
    while ((entry = readdir(dir)))
        if (entry->d_name[0] != '.' && fork() == 0)
            supervise(entry->d_name);
    closedir(dir);
    sigaction(SIGTERM, &action, 0);
    while (!leaving)
        pause();
    signal(SIGTERM, SIG_IGN);
    kill(0, SIGTERM);
    while (wait(0) > 0)
        ;
    return 0;
}
