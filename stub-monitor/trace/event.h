/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The log: what entered the guest, in order. docs/spec/trace-format.md describes it for readers
 * outside.
 *
 *   0         8     16        24      32     34      36            40            44         48
 *   | instant | rip | address | value | kind | width | data_length | prev_length | tsc_jump | data
 *
 * instant: ticks since recording began (retired instructions + emulated instructions + deliveries)
 * before the event. The data is padded to 8 bytes.
 */
#ifndef TRACE_EVENT_H
#define TRACE_EVENT_H

#include "lib/types.h"

#define TRACE_FORMAT_VERSION    3
#define TRACE_FORMAT_PLACES     4 /* instants by state match: EVENT_PLACE, and the TSC is an input */
#define TRACE_FORMAT_TSC_LOGGED 2 /* the last version in which the TSC was an input */

enum event_kind {
	EVENT_PORT_READ = 1, /* address = port, value or data (string form) */
	EVENT_PORT_WRITE,    /* address = port, value or data */
	EVENT_DEVICE_READ,   /* address = GPA, value */
	EVENT_DEVICE_WRITE,  /* address = GPA, value */
	EVENT_TSC,           /* value; width 8; formats 2 and 4 */
	EVENT_MSR_READ,      /* address = MSR, value; width 0: #GP instead */
	EVENT_MSR_WRITE,     /* address = MSR, value; width 0: #GP instead */
	EVENT_CPUID,         /* address = leaf | subleaf << 32; data: eax ebx ecx edx */
	EVENT_CR8_READ = 10,
	/* 9 is reserved for RDPMC */ /* value */
	EVENT_CR8_WRITE,              /* value */
	EVENT_GUEST_INTERRUPT,        /* address = vector; asynchronous, takes a tick of its own */
	EVENT_GUEST_NMI,              /* asynchronous, takes a tick of its own */
	EVENT_DEBUGGER_MEMORY,        /* address = GPA, data; asynchronous, a run takes one tick */
	EVENT_DEBUGGER_REGISTERS,     /* data: struct cpu_state; asynchronous, as above */
	EVENT_DMA, /* address = GPA of a page, value = device, data: ranges; asynchronous, takes a tick */
	EVENT_PLACE, /* a state, described (replay/place.h); asynchronous, an epoch begins with it */
};

struct trace_event {
	u64 instant, rip, address, value;
	u16 kind, width;
	u32 data_length, prev_length;
	u32 tsc_jump; /* how far the guest's TSC jumps ahead behind the event */
};

_Static_assert(sizeof(struct trace_event) == 48, "docs/spec/trace-format.md");

#define TRACE_DATA_MAX 4096

static inline bool event_is_asynchronous(u16 kind)
{
	return kind >= EVENT_GUEST_INTERRUPT;
}

static inline bool event_is_debugger_write(u16 kind)
{
	return kind == EVENT_DEBUGGER_MEMORY || kind == EVENT_DEBUGGER_REGISTERS;
}

/* EVENT_DMA, `value`: who wrote; 0 where that is not known. `width`: */
#define DMA_DEVICE_KNOWN    BIT(16) /* bits 15-0 are its PCI bus, device and function, 63-32 its IDs */
#define DMA_DEVICE_ID_SHIFT 32
enum dma_width { DMA_IN_TIME, DMA_LATE /* noticed later than the guest may have seen it */ };

/* One line for people: instant, kind, what, where from. */
void event_describe(const struct trace_event *event, char *line, size_t size);

#endif
