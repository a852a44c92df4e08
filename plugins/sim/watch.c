/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * watch.c - software devices that a test can look into by their tag
 *
 * Idea: a list of tags, each with its device while that is open and with the
 * device's last view afterwards.  Only where the backend is built into the
 * test: a module has neither the list nor the functions of sim.h.
 *
 * Lock order: list_lock, then a device's lock.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"

struct sim_view *
sim_view_lock(struct sim *sim)
{
	pthread_mutex_lock(&sim->lock);
	return &sim->view;
}

void
sim_view_unlock(struct sim *sim)
{
	pthread_mutex_unlock(&sim->lock);
}

#ifdef VFIOMIG_BACKEND_STATIC

struct watched {
	struct watched *next;
	struct sim *sim;		/* NULL: closed */
	struct sim_view last;
	char tag[SIM_TAG_MAX];
};

static pthread_mutex_t list_lock = PTHREAD_MUTEX_INITIALIZER;
static struct watched *list;

/* With list_lock held: the place that points at the tag's, or at NULL. */
static struct watched **
list_find(const char *tag)
{
	struct watched **w;

	for (w = &list; *w != NULL; w = &(*w)->next)
		if (strcmp((*w)->tag, tag) == 0)
			break;
	return w;
}

int
sim_watch_add(struct sim *sim)
{
	struct watched **w, *new;
	int error = 0;

	sim->view.open = 1;
	sim->view.state = sim->state;
	if (sim->o.tag[0] == '\0')
		return 0;
	pthread_mutex_lock(&list_lock);
	w = list_find(sim->o.tag);
	if (*w == NULL) {
		new = calloc(1, sizeof *new);
		if (new != NULL)
			strcpy(new->tag, sim->o.tag);
		*w = new;
	}
	if (*w == NULL)
		error = -ENOMEM;
	else if ((*w)->sim != NULL)
		error = -EEXIST;
	else
		(*w)->sim = sim;
	pthread_mutex_unlock(&list_lock);
	return error;
}

void
sim_watch_remove(struct sim *sim)
{
	struct watched *w;

	if (sim->o.tag[0] == '\0')
		return;
	pthread_mutex_lock(&list_lock);
	w = *list_find(sim->o.tag);
	if (w != NULL && w->sim == sim) {
		w->last = *sim_view_lock(sim);
		sim_view_unlock(sim);
		w->last.open = 0;
		w->sim = NULL;
	}
	pthread_mutex_unlock(&list_lock);
}

int
sim_find(const char *tag, struct sim_view *view)
{
	struct watched *w;

	pthread_mutex_lock(&list_lock);
	w = *list_find(tag);
	if (w != NULL && w->sim != NULL) {
		*view = *sim_view_lock(w->sim);
		sim_view_unlock(w->sim);
	} else if (w != NULL) {
		*view = w->last;
	}
	pthread_mutex_unlock(&list_lock);
	return w == NULL ? -ENOENT : 0;
}

int
sim_release(const char *tag)
{
	struct watched *w;
	int error = -ENOENT;

	pthread_mutex_lock(&list_lock);
	w = *list_find(tag);
	if (w != NULL && w->sim != NULL) {
		atomic_store_explicit(&w->sim->released, 1,
		    memory_order_relaxed);
		error = 0;
	}
	pthread_mutex_unlock(&list_lock);
	return error;
}

int
sim_forget(const char *tag)
{
	struct watched **w, *old;
	int error = 0;

	pthread_mutex_lock(&list_lock);
	w = list_find(tag);
	old = *w;
	if (old == NULL)
		error = -ENOENT;
	else if (old->sim != NULL)
		error = -EBUSY;
	else
		*w = old->next;
	pthread_mutex_unlock(&list_lock);
	if (error == 0)
		free(old);
	return error;
}

#else

int
sim_watch_add(struct sim *sim)
{
	(void)sim;
	return 0;
}

void
sim_watch_remove(struct sim *sim)
{
	(void)sim;
}

#endif
