/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The stub on a TCP port of the loopback interface, with the fake machine behind it: for trying it
 * with a real debugger. Usage: rsp_tcp_server PORT. Serves one connection after the other, like a
 * serial line would.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fake_debugger.h"
#include "rsp/rsp_session.h"

static struct rsp_session session;
static int line = -1;

static u32 packet_size(void *context)
{
	(void)context;
	return RSP_PACKET_SIZE;
}

static void write_line(void *context, const void *data, size_t length)
{
	(void)context;
	if (line >= 0 && send(line, data, length, MSG_NOSIGNAL) < 0)
		perror("send");
}

static bool take_byte(u8 *byte)
{
	return recv(line, byte, 1, 0) == 1;
}

static bool byte_waits(void)
{
	struct pollfd poll_line = {.fd = line, .events = POLLIN};

	return poll(&poll_line, 1, 0) > 0;
}

static bool interrupted(void)
{
	u8 byte;

	return byte_waits() && (!take_byte(&byte) || rsp_session_receive_running(&session, byte));
}

static void serve(void)
{
	enum rsp_event event;
	struct stop stop;
	u8 byte;

	while (take_byte(&byte)) {
		event = rsp_session_receive(&session, byte);
		while (event == RSP_RESUME) {
			rsp_session_console(&session, "");
			stop = debugger_resume(&session.resume);
			event = rsp_session_stopped(&session, &stop);
		}
	}
}

int main(int argc, char **argv)
{
	struct rsp_transport transport = {.write = write_line, .packet_size = packet_size};
	struct stop first = {.reason = STOP_GUEST_START};
	struct sockaddr_in address = {.sin_family = AF_INET};
	int on = 1, listener = socket(AF_INET, SOCK_STREAM, 0);

	if (argc != 2) {
		fprintf(stderr, "usage: rsp_tcp_server PORT\n");
		return 2;
	}
	address.sin_port = htons((uint16_t)atoi(argv[1]));
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(listener, (struct sockaddr *)&address, sizeof(address)) || listen(listener, 1)) {
		perror("rsp_tcp_server");
		return 1;
	}
	fake_reset();
	fake.interrupted = interrupted;
	rsp_session_init(&session, &transport, &first);
	while ((line = accept(listener, NULL, NULL)) >= 0) {
		setsockopt(line, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		serve();
		close(line);
	}
	return 0;
}
