/* floor DIRECTORY: the least that any logger does: read what there is, find the last line end, write. */

#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Where the last line ended: nobody asks, but the search is done. */
const char *volatile end;

int main(int argc, char **argv)
{
    static char text[65536];
    int file;

    if (argc != 2 || chdir(argv[1]) || (file = open("current", O_WRONLY | O_CREAT | O_APPEND, 0644)) < 0)
        return 111;
    for (;;) {
        ssize_t length = read(0, text, sizeof text);
        if (length <= 0)
            return length < 0;
        end = memrchr(text, '\n', (size_t)length);
        if (write(file, text, (size_t)length) != length)
            return 111;
    }
}
