/* SPDX-License-Identifier: Apache-2.0 */
/* The functions of a header, to be proved. */
#include "base/checked.h"
