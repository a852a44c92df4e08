# tests/embed/local.mk - manners inside somebody else's process
