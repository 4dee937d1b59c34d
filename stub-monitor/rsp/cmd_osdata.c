/* SPDX-License-Identifier: EPL-2.0 */
/*
 * qXfer:osdata:read (GDB manual, Operating System Information): gdb's `info os` shows any tables.
 * Ours are what the monitor does for the guest.
 */
#include "rsp/rsp_xfer.h"

static const struct {
	const char *type, *title, *description;
} tables[] = {
	[COUNT_EXITS] = {"exits", "Exits", "Exits of the guest to the monitor, by kind"},
	[COUNT_INTERRUPTS] = {"interrupts", "Interrupts",
		"Interrupts that the monitor delivered, by vector"},
	[COUNT_PORTS] = {"ports", "Ports", "Exits by port accesses, by port"},
};

static void emit_row(void *window, const char *what, u64 count)
{
	rsp_window_format(window,
		"<item>\n<column name=\"What\">%s</column>\n<column name=\"Count\">%lu</column>\n</item>\n",
		what, (unsigned long)count);
}

static void emit_counters(struct rsp_window *window, enum debugger_counters which)
{
	rsp_window_format(window, "<osdata type=\"%s\">\n", tables[which].type);
	debugger_print_counters(which, emit_row, window);
	rsp_window_text(window, "</osdata>\n");
}

static void emit_exits(struct rsp_window *window)
{
	emit_counters(window, COUNT_EXITS);
}

static void emit_interrupts(struct rsp_window *window)
{
	emit_counters(window, COUNT_INTERRUPTS);
}

static void emit_ports(struct rsp_window *window)
{
	emit_counters(window, COUNT_PORTS);
}

static void emit_types(struct rsp_window *window)
{
	rsp_window_text(window, "<osdata type=\"types\">\n");
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		rsp_window_format(window,
			"<item>\n<column name=\"Type\">%s</column>\n"
			"<column name=\"Description\">%s</column>\n"
			"<column name=\"Title\">%s</column>\n</item>\n",
			tables[i].type, tables[i].description, tables[i].title);
	rsp_window_text(window, "</osdata>\n");
}

/* TABLE:OFFSET,LENGTH; without a table's name the list of them. */
enum rsp_answer rsp_read_osdata(struct rsp_session *session, struct rsp_args *args)
{
	if (rsp_take_text(args, ":"))
		return rsp_answer_xfer(session, args, emit_types);
	if (rsp_take_text(args, "exits:"))
		return rsp_answer_xfer(session, args, emit_exits);
	if (rsp_take_text(args, "interrupts:"))
		return rsp_answer_xfer(session, args, emit_interrupts);
	if (rsp_take_text(args, "ports:"))
		return rsp_answer_xfer(session, args, emit_ports);
	return rsp_answer_status(session, STATUS_NOT_FOUND);
}
