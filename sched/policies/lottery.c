/*
 * The lottery (Waldspurger and Weihl 1994): a thread has as many tickets as its priority and one
 * more. At each end of a quantum, and when the running thread yields or blocks, a ticket is drawn,
 * and its holder runs. So the shares are those of the tickets, on the average.
 *
 * A thread that is woken waits for the next draw. Who yields takes no part in the one that it
 * causes. The draws follow from a seed: the same seed and the same threads give the same winners.
 */
#include "kernel/lib/random.h"
#include "kernel/lib/ticket_tree.h"
#include "sched/policies/policy.h"

static struct ticket_tree waiting;
static struct thread *elected;
static uint64_t state; /* of the sequence of random numbers */

static void seed(uint64_t value)
{
    state = value;
}

static uint32_t tickets_of(const struct thread *thread)
{
    return thread->priority + 1u;
}

static struct thread *thread_of(struct ticket_node *node)
{
    return (struct thread *)(void *)((char *)node - offsetof(struct thread, ticket_node));
}

static void wait(struct thread *thread)
{
    ticket_tree_insert(&waiting, &thread->ticket_node, tickets_of(thread));
}

/* Takes the winner among those that wait out, if anybody does. */
static struct thread *take_winner(void)
{
    uint32_t tickets = ticket_tree_total(&waiting);
    if (tickets == 0)
        return NULL;
    struct ticket_node *winner = ticket_tree_find(&waiting, random_below(&state, tickets));
    ticket_tree_remove(&waiting, winner);
    return thread_of(winner);
}

static void enqueue(struct thread *thread, bool first)
{
    if (elected != NULL && !first) {
        wait(thread);
        return;
    }
    if (elected != NULL)
        wait(elected);
    policy_elect(&elected, thread);
}

static void dequeue(struct thread *thread)
{
    if (thread == elected)
        policy_elect(&elected, take_winner());
    else
        ticket_tree_remove(&waiting, &thread->ticket_node);
}

/* One that is not elected has nothing to give: it is waiting already. The others' tickets come
 * before its own, and their winner leaves it its place. */
static void give_way(struct thread *thread, bool is_used_up)
{
    uint32_t others = ticket_tree_total(&waiting);
    if (thread != elected || others == 0)
        return;
    uint32_t ticket = random_below(&state, others + (is_used_up ? tickets_of(thread) : 0));
    if (ticket >= others)
        return;
    struct ticket_node *winner = ticket_tree_find(&waiting, ticket);
    ticket_tree_replace(&waiting, winner, &thread->ticket_node, tickets_of(thread));
    policy_elect(&elected, thread_of(winner));
}

static unsigned count_waiting(void)
{
    return waiting.count;
}

POLICY(lottery, .information.summary = "a ticket is drawn at each turn",
       .information.priority = "its tickets, and one more", .level_of = policy_single_level,
       .enqueue = enqueue, .dequeue = dequeue, .give_way = give_way, .waiting = count_waiting,
       .seed = seed);
