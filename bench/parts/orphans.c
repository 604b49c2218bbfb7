/* orphans COUNT: leaves so many processes behind, which end at once and are process 1's to reap. */

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void one(void)
{
    if (vfork() == 0)
        _exit(0);
}

int main(int argc, char **argv)
{
    int count = argc > 1 ? atoi(argv[1]) : 0;

    /* A middle process makes a batch and goes; its children then belong to process 1. */
    while (count > 0) {
        int batch = count < 100 ? count : 100;
        if (fork() == 0) {
            while (batch--)
                one();
            _exit(0);
        }
        wait(0);
        count -= batch;
    }
    return 0;
}
