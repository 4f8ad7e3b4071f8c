"""Circles, priority lists and trees of nodes that live inside of what they link. None is trusted:
one that is damaged is a Trouble, and ends."""

from aethel_gdb.memory import Trouble, around, at

STEPS_MAX = 100000  # more than there can be threads
DEPTH_MAX = 64      # of a tree that is balanced


def circle(head, describe="list"):
    """The addresses of the nodes of a list behind its head, which is a node, too."""
    start = before = int(head.address)
    node = int(head["next"])
    for _ in range(STEPS_MAX):
        if node == start:
            return
        here = at(node, "struct list_node")
        if int(here["previous"]) != before:
            raise Trouble(f"the {describe} is damaged at {node:#x}")
        yield node
        before, node = node, int(here["next"])
    raise Trouble(f"the {describe} has no end")


def circle_from(first):
    """Those of a circle that has no head, the first one too."""
    yield int(first)
    yield from circle(at(int(first), "struct list_node"), "circle")


def priority_list(listed):
    """The addresses of the nodes of a struct priority_list, the most urgent first."""
    first = int(listed["first"])
    if first == 0:
        return
    for place in circle_from(at(first, "struct priority_list_node")["place"].address):
        yield int(around(place, "struct priority_list_node", "place").address)


def tree(root, type_name, children):
    """The nodes of a tree from left to right, as structures; `children` tells the two of one."""
    path = []
    node = int(root)
    for _ in range(STEPS_MAX):
        while node != 0:
            here = at(node, type_name)
            path.append(here)
            if len(path) > DEPTH_MAX:
                raise Trouble("the tree is damaged")
            node = int(children(here)[0])
        if not path:
            return
        here = path.pop()
        yield here
        node = int(children(here)[1])
    raise Trouble("the tree has no end")


def priority_queue(queue):
    """The nodes of a struct priority_queue, as they will come out."""
    return tree(queue["root"], "struct priority_queue_node",
                lambda node: (node["children"][0], node["children"][1]))


def ticket_tree(drawn):
    """The nodes of a struct ticket_tree, in the order of their tickets' numbers."""
    return tree(drawn["root"], "struct ticket_node", lambda node: (node["left"], node["right"]))
