/* SPDX-License-Identifier: EPL-2.0 */
#ifndef DEV_ONE_CPU_H
#define DEV_ONE_CPU_H

/*
 * The guest has this CPU alone: in the firmware's tables (ACPI's MADT, the MP table) the others are marked as not usable,
 * so that an OS does not wait for them. Before the guest starts.
 */
void one_cpu_tell(void);

#endif
