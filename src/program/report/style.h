/* SPDX-License-Identifier: Apache-2.0 */
/* The style sheets of the picture and of the page. */
#ifndef REPORT_STYLE_H
#define REPORT_STYLE_H

extern const char picture_style[];
extern const char page_style[];

#endif
