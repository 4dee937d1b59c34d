/* SPDX-License-Identifier: EPL-2.0 */
#ifndef LIB_VERSION_H
#define LIB_VERSION_H

#define RETROVISOR_VERSION "0.1.0"

#endif
