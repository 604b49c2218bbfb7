/*
 * watch: sees a Linux guest boot, the same way whatever its init is. Started by the initramfs just before
 * it hands over to /sbin/init; it then lives beside the init, outside of its files.
 *
 *     watch NEWROOT [profile]
 *
 * The kernel tells it of every fork, exec and exit (the connector of process events). All is up when udevd,
 * rsyslogd, cron, sshd and six gettys run, sshd listens, /dev/log is there, udev has nothing left to do and
 * eth0 has its address. Then it says so on the second serial line (ttyS1), with the time since /sbin/init was
 * executed and the number of processes forked by then, and two seconds later how much memory each process
 * has. With `profile` it also says every event, and looks at each at once: that costs some time.
 * Then it waits for a letter: r restarts the machine and p switches it off, by the programs of these names
 * in /sbin; it is gone itself by then. With `profile` it stays, under a name that has our stage 3 spare it, and
 * says every event of the way down as well.
 *
 * Times are microseconds of CLOCK_MONOTONIC. It must never change anything in the system it looks at.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/cn_proc.h>
#include <linux/connector.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { PIDS = 32768, GETTYS = 6 };
enum kinds { NOTHING, UDEVD, SYSLOGD, CRON, SSHD, GETTY, KINDS };

static unsigned char kind[PIDS];
static int alive[KINDS];
static int proc, serial, kernel_log;
static int profile, closely;
static char *own_name;
static unsigned long forks;
static unsigned long long init_at;
static int execs_of_init;
/* Seconds since the kernel started, and how many of them it had nothing to do. */
static char idle_before[64];
static char text[8 << 20];
static size_t text_len;

static unsigned long long now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000ull + t.tv_nsec / 1000;
}

static void note(const char *format, ...)
{
	va_list list;
	va_start(list, format);
	int n = vsnprintf(text + text_len, sizeof text - text_len, format, list);
	va_end(list);
	if (n > 0 && text_len + n < sizeof text)
		text_len += n;
}

static void send_notes(void)
{
	for (size_t at = 0; at < text_len;) {
		ssize_t n = write(serial, text + at, text_len - at);
		if (n <= 0)
			return;
		at += n;
	}
	text_len = 0;
}

/* A file of /proc as one line: zero bytes and line ends become spaces. */
static int line_of(const char *path, char *line, int size)
{
	int fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return line[0] = 0, -1;
	int n = read(fd, line, size - 1);
	close(fd);
	if (n < 0)
		n = 0;
	for (int i = 0; i < n; i++)
		if (line[i] == 0 || line[i] == '\n')
			line[i] = ' ';
	while (n && line[n - 1] == ' ')
		n--;
	line[n] = 0;
	return n;
}

/* How long process `pid` had the processor until now. One that has just ended still has its entry: this observer goes
 * before the parent that would take it away. */
static void processor(int pid)
{
	char path[64], line[128];
	snprintf(path, sizeof path, "%d/schedstat", pid);
	if (line_of(path, line, sizeof line) > 0)
		note("processor %d %llu\n", pid, strtoull(line, NULL, 10) / 1000);
}

static void executed(int pid, unsigned long long at)
{
	char path[64], comm[64], command[160];
	if (pid <= 0 || pid >= PIDS)
		return;
	snprintf(path, sizeof path, "%d/comm", pid);
	line_of(path, comm, sizeof comm);
	/* The first is switch_root of the initramfs. */
	if (pid == 1 && ++execs_of_init == 2) {
		init_at = at;
		/* What the kernel needed to start is not init's. */
		if (profile)
			processor(1);
		line_of("uptime", idle_before, sizeof idle_before);
	}
	enum kinds is = NOTHING;
	if (strstr(comm, "udevd"))
		is = UDEVD;
	else if (!strcmp(comm, "rsyslogd"))
		is = SYSLOGD;
	else if (!strcmp(comm, "cron"))
		is = CRON;
	else if (!strcmp(comm, "sshd"))
		is = SSHD;
	else if (!strcmp(comm, "agetty") || !strcmp(comm, "getty"))
		is = GETTY;
	alive[kind[pid]]--;
	kind[pid] = is;
	alive[is]++;
	if (profile) {
		snprintf(path, sizeof path, "%d/cmdline", pid);
		if (line_of(path, command, sizeof command) <= 0)
			strcpy(command, comm);
		note("exec %llu %d %s\n", at, pid, command);
	}
}

/* Of our own stages: the duty in hand when process `pid` was forked, which is that duty where a stage's shell did it. */
static void duty(int pid)
{
	char line[64];
	int fd = open("/run/runit/duty", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	int n = read(fd, line, sizeof line - 1);
	close(fd);
	line[n > 0 ? n : 0] = 0;
	line[strcspn(line, " \n")] = 0;
	if (line[0])
		note("duty %d %s\n", pid, line);
}

static void event(struct proc_event *e)
{
	unsigned long long at = e->timestamp_ns / 1000;
	int pid;
	switch ((int)e->what) {
	case PROC_EVENT_FORK:
		/* Neither threads nor the kernel's own. */
		pid = e->event_data.fork.child_pid;
		if (pid != e->event_data.fork.child_tgid || e->event_data.fork.parent_tgid == 2)
			break;
		forks++;
		if (pid > 0 && pid < PIDS) {
			int parent = e->event_data.fork.parent_tgid;
			/* A daemon that goes to the background stays what it is. */
			kind[pid] = parent > 0 && parent < PIDS ? kind[parent] : NOTHING;
			if (kind[pid] == GETTY)
				kind[pid] = NOTHING;
			alive[kind[pid]]++;
		}
		if (profile)
			note("fork %llu %d %d\n", at, pid, e->event_data.fork.parent_tgid), duty(pid);
		break;
	case PROC_EVENT_EXEC:
		if (e->event_data.exec.process_pid == e->event_data.exec.process_tgid)
			executed(e->event_data.exec.process_pid, at);
		break;
	case (int)PROC_EVENT_EXIT:
		pid = e->event_data.exit.process_pid;
		if (pid != e->event_data.exit.process_tgid)
			break;
		if (pid > 0 && pid < PIDS) {
			alive[kind[pid]]--;
			kind[pid] = NOTHING;
		}
		if (profile)
			note("exit %llu %d\n", at, pid), processor(pid);
		break;
	default:
		break;
	}
}

static void drain(int socket)
{
	char buffer[16384] __attribute__((aligned(NLMSG_ALIGNTO)));
	for (;;) {
		ssize_t n = recv(socket, buffer, sizeof buffer, MSG_DONTWAIT);
		if (n < 0 && errno == ENOBUFS) {
			note("lost %llu\n", now());
			continue;
		}
		if (n <= 0)
			return;
		size_t left = n;
		for (struct nlmsghdr *h = (struct nlmsghdr *)buffer; NLMSG_OK(h, left); h = NLMSG_NEXT(h, left)) {
			struct cn_msg *message = NLMSG_DATA(h);
			event((struct proc_event *)message->data);
		}
	}
}

static int subscribe(void)
{
	int fd = socket(PF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_CONNECTOR);
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = CN_IDX_PROC };
	int size = 4 << 20;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address))
		return -1;
	struct {
		struct nlmsghdr header;
		struct cn_msg message;
		enum proc_cn_mcast_op operation;
	} __attribute__((packed)) ask = {
		.header = { .nlmsg_len = sizeof ask, .nlmsg_type = NLMSG_DONE },
		.message = { .id = { CN_IDX_PROC, CN_VAL_PROC }, .len = sizeof(enum proc_cn_mcast_op) },
		.operation = PROC_CN_MCAST_LISTEN,
	};
	return send(fd, &ask, sizeof ask, 0) == sizeof ask ? fd : -1;
}

static int sshd_listens(void)
{
	static const char *const tables[] = { "net/tcp", "net/tcp6" };
	static char table[65536];
	for (int i = 0; i < 2; i++)
		if (line_of(tables[i], table, sizeof table) > 0 && strstr(table, ":0016 "))
			return 1;
	return 0;
}

static int address_set(void)
{
	struct ifreq request = { 0 };
	static char devices[4096];
	/* To ask for a device that is not there would have the kernel call modprobe. */
	if (line_of("net/dev", devices, sizeof devices) <= 0 || !strstr(devices, "eth0:"))
		return 0;
	strcpy(request.ifr_name, "eth0");
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int set = fd >= 0 && !ioctl(fd, SIOCGIFADDR, &request) &&
		((struct sockaddr_in *)&request.ifr_addr)->sin_addr.s_addr == inet_addr("10.0.2.15") &&
		!ioctl(fd, SIOCGIFFLAGS, &request) && (request.ifr_flags & IFF_UP);
	close(fd);
	return set;
}

/* What all of it still waits for, as letters; none: it is up. */
static const char *missing(void)
{
	static char letters[16];
	struct stat file;
	char *at = letters;
	if (alive[UDEVD] < 1 || stat("/run/udev/control", &file) || !stat("/run/udev/queue", &file))
		*at++ = 'u';
	if (alive[SYSLOGD] < 1 || stat("/dev/log", &file))
		*at++ = 'l';
	if (alive[CRON] < 1)
		*at++ = 'c';
	if (alive[GETTY] < GETTYS)
		*at++ = 'g';
	if (!address_set())
		*at++ = 'n';
	if (alive[SSHD] < 1 || !sshd_listens())
		*at++ = 's';
	*at = 0;
	return letters;
}

/* Calls that for each process there is, the kernel's own included. */
static void each_process(void (*what)(int))
{
	int again = openat(proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *all = fdopendir(again);
	struct dirent *entry;
	while (all && (entry = readdir(all))) {
		int pid = atoi(entry->d_name);
		if (pid > 0 && pid != getpid())
			what(pid);
	}
	if (all)
		closedir(all);
}

static void memory(int pid)
{
	char path[64], line[2048], command[160], *pss;
	snprintf(path, sizeof path, "%d/smaps_rollup", pid);
	if (line_of(path, line, sizeof line) <= 0 || !(pss = strstr(line, " Pss:")))
		return;
	snprintf(path, sizeof path, "%d/cmdline", pid);
	line_of(path, command, sizeof command);
	note("memory %d %d %s\n", pid, atoi(pss + 5), command);
}

int main(int argc, char **argv)
{
	int ready[2];
	char byte;
	if (argc < 2 || pipe(ready))
		return 1;
	profile = closely = argc > 2 && !strcmp(argv[2], "profile");
	own_name = argv[0];
	if (fork()) {
		close(ready[1]);
		read(ready[0], &byte, 1);
		return 0;
	}
	setsid();
	signal(SIGHUP, SIG_IGN);
	int context = syscall(SYS_fsopen, "proc", 0);
	syscall(SYS_fsconfig, context, 6 /* create */, NULL, NULL, 0);
	proc = syscall(SYS_fsmount, context, 1 /* close on exec */, 0);
	serial = open("/dev/ttyS1", O_RDWR | O_NOCTTY | O_CLOEXEC);
	kernel_log = open("/dev/kmsg", O_RDWR | O_CLOEXEC);
	struct termios raw;
	if (!tcgetattr(serial, &raw)) {
		cfmakeraw(&raw);
		raw.c_cflag |= CLOCAL;
		tcsetattr(serial, TCSANOW, &raw);
	}
	int events = subscribe();
	if (profile)
		sched_setscheduler(0, SCHED_FIFO, &(struct sched_param){ .sched_priority = 1 });
	int null = open("/dev/null", O_RDWR);
	if (proc < 0 || serial < 0 || events < 0 || chroot(argv[1]) || chdir("/")) {
		dprintf(2, "watch: cannot look at this system\n");
		return 1;
	}
	for (int fd = 0; fd < 3; fd++)
		dup2(null, fd);
	close(null);
	note("watch %llu\n", now());
	send_notes();
	write(ready[1], "", 1);
	close(ready[0]);
	close(ready[1]);

	unsigned long long up_at = 0, asked_at = 0;
	const char *before = "";
	char last[16] = "?";
	for (;;) {
		struct pollfd wait[] = { { .fd = events, .events = POLLIN }, { .fd = serial, .events = POLLIN } };
		if (profile)
			poll(wait, 2, 10);
		else
			usleep(10000);
		drain(events);
		if (profile && up_at)
			send_notes();
		if (!up_at && init_at && now() - asked_at > 10000) {
			before = missing();
			if (strcmp(before, last)) {
				note("missing %llu %s\n", now(), before);
				strcpy(last, before);
			}
			asked_at = now();
			if (!*before) {
				up_at = asked_at;
				note("up %llu %llu %lu\n", init_at, up_at, forks);
				char uptime[64];
				line_of("uptime", uptime, sizeof uptime);
				note("idle %s before, %s by then\n", idle_before, uptime);
				if (profile)
					each_process(processor), note("observer %d\n", getpid()), processor(getpid());
				profile = 0;
				send_notes();
			}
		}
		if (!up_at && init_at && now() - init_at > 240000000) {
			note("never %s\nmemory-end\n", before);
			send_notes();
			init_at = 0;
		}
		if (up_at && now() - up_at > 2000000 && asked_at) {
			asked_at = 0;
			each_process(memory);
			note("memory-end\n");
			send_notes();
		}
		if (poll(&wait[1], 1, 0) > 0 && read(serial, &byte, 1) == 1 && (byte == 'r' || byte == 'p')) {
			const char *name = byte == 'r' ? "/sbin/reboot" : "/sbin/poweroff";
			if (fork()) {
				if (!closely)
					return 0;
				own_name[0] = '@';
				profile = 1;
				note("asked %llu\n", now());
				continue;
			}
			char word[64];
			int n = snprintf(word, sizeof word, "<0>watch: %s now\n", name + 6);
			if (write(kernel_log, word, n) != n)
				dprintf(serial, "watch: kmsg: %s\n", strerror(errno));
			setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
			execl(name, name + 6, (char *)NULL);
			_exit(1);
		}
	}
}
