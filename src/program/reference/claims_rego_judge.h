/* SPDX-License-Identifier: Apache-2.0 */
/* Which rules of a policy decide, and which MRTDs these ask for. */
#ifndef REFERENCE_CLAIMS_REGO_JUDGE_H
#define REFERENCE_CLAIMS_REGO_JUDGE_H

#include "reference/claims_rego.h"

/* Is that the name of a rule that allows? */
bool rego_is_allowing(const char *name);

/* The rule as a bit of a set. */
uint64_t rego_bit(size_t rule);

/* Does the rule hold where the clause does? */
bool rego_holds(const struct rego *r, const struct rego_clause *c);

/* Takes what the rules that decide ask for: all of them the same. The rules
 * that they need, and they, are *reached. */
bool rego_take_deciding(struct rego *r, uint64_t deciding, uint64_t *reached);

/* Names a rule that was not reached; one that forbids is refused, since whoever
 * reads the policy may look at it first. */
bool rego_pass_over(struct rego *r, size_t rule, uint64_t reached);

/*
 * Takes the MRTDs of the rules that decide, and skips the others by name;
 * false: a rule that decides does not say what the MRTD must be.
 */
bool rego_judge(struct rego *r);

#endif
