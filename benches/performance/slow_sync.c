/* Adds 5 ms to every fdatasync of the program it is preloaded into, as a slow disk would. */
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int fdatasync(int fd)
{
    const struct timespec wait = {0, 5000000};
    nanosleep(&wait, 0);
    return (int)syscall(SYS_fdatasync, fd);
}
