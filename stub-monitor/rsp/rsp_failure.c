/* SPDX-License-Identifier: EPL-2.0 */
#include "rsp/rsp_failure.h"

#include "lib/string.h"

static const char *const packets[] = {"qSupported", "QStartNoAckMode",
	"qXfer:features:read:", "qXfer:threads:read::", "qOffsets", "x",
	"qSearch:memory:", "qCRC:", "!", "QPassSignals:", "QTFrame:", "qTStatus",
	"qTP:", "qTV:", "qTfP", "qTsP", "qTfV", "qTsV",
	"qTBuffer:", "qXfer:traceframe-info:read::", "qAttached", "D", "k", "vKill;", "H", "T",
	"qC", "qfThreadInfo", "qsThreadInfo", "qThreadExtraInfo,", "g", "p", "m",
	"QPassSignals:", "QRetro.PhysicalMemory:", "qRetro.PhysicalMemory", "qRetro.Machine",
	"qRetro.Base", "qRetro.Pages:", "qRetro.Log:", "qRetro.Mark", "?", "vCont?", "qRcmd,"};
static const char *const monitor_commands[] = {"help", "status", "events", "checkpoints", "digest",
	"log", "xp", "regs"};

static bool is_listed(const char *const *names, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

bool rsp_failure_serves_packet(const char *name)
{
	return is_listed(packets, ARRAY_SIZE(packets), name);
}

bool rsp_failure_serves_command(const char *name)
{
	return is_listed(monitor_commands, ARRAY_SIZE(monitor_commands), name);
}

enum rsp_answer rsp_failure_answer(struct rsp_session *session)
{
	rsp_reply_clear(&session->reply);
	rsp_reply_text(&session->reply, "E.the monitor has failed and can only be read from (");
	rsp_reply_text(&session->reply, session->failure);
	return rsp_answer_text(session, ")");
}
