/* What the tests of policies share. */
#ifndef AETHEL_TESTS_KERNEL_POLICY_TEST_H
#define AETHEL_TESTS_KERNEL_POLICY_TEST_H

#include "sched/policy.h"
#include "sched/thread.h"
#include "tests/kernel/self_test.h"

/* Runs what follows under each policy in turn; it is in force, and `policy` says which it is. */
#define UNDER_EACH_POLICY(policy)                                                                \
    for (unsigned policy##_index = 0; policy_at(policy##_index) != NULL; policy##_index++)       \
        for (const struct policy_information *policy = choose_policy(policy_at(policy##_index)); \
             policy != NULL; policy = NULL)

/* As EXPECT(), with the policy's name in the report. */
#define EXPECT_UNDER(policy, condition) \
    self_test_expect((condition), __FILE__, __LINE__, (policy)->name)

static inline const struct policy_information *
choose_policy(const struct policy_information *policy)
{
    EXPECT_EQUAL(policy_choose(policy->name), 0);
    return policy;
}

/* From above all policies a test watches what they do with the others. */
static inline void stand_above_policies(void)
{
    thread_set_priority(thread_self(), THREAD_PRIORITY_HIGHEST);
}

#endif
