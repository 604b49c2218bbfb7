/* feed MEBIBYTES LENGTH [each]: writes so much text to standard output, in lines of that length, in
 * whole pieces of 64 KiB, as a busy pipe is filled; every other line begins with "drop". A part of a
 * mebibyte is written 0.25. With "each" one line a write, as most services do. */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int put(const char *from, size_t length)
{
    while (length > 0) {
        ssize_t wrote = write(1, from, length);
        if (wrote <= 0)
            return -1;
        from += wrote;
        length -= (size_t)wrote;
    }
    return 0;
}

int main(int argc, char **argv)
{
    long long left = argc > 2 ? (long long)(atof(argv[1]) * (1 << 20)) : 0;
    size_t line = argc > 2 ? (size_t)atoll(argv[2]) : 0;
    size_t lines, piece;
    char *text;

    if (left < 1 || line < 6 || line > 65536)
        return 100;
    lines = 65536 / line;
    piece = lines * line;
    if (!(text = malloc(piece)))
        return 111;
    for (size_t i = 0; i < piece; i++)
        text[i] = i % line == line - 1 ? '\n' : (char)('a' + (i * 7 + i / line) % 26);
    for (size_t i = 0; i < lines; i++)
        memcpy(text + i * line, i % 2 ? "drop " : "keep ", 5);
    for (; left > 0; left -= (long long)piece) {
        if (argc <= 3) {
            if (put(text, piece))
                return 1;
            continue;
        }
        for (size_t i = 0; i < lines; i++)
            if (put(text + i * line, line))
                return 1;
    }
    return 0;
}
