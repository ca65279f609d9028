/* SPDX-License-Identifier: Apache-2.0 */
#include "io/parallel.h"

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "io/diagnostic.h"
#include "io/input.h"

/* Descriptors that are open anyway, or that libraries may want. */
#define SPARE_DESCRIPTORS 10

/* Threads are not worth more than this many. */
#define MAX_THREADS 64

/* One batch and what it printed. */
struct batch {
    size_t first;
    size_t count;
    struct capture capture;
    enum exit_status status;
    bool done;
};

struct pool {
    batch_fn *work;
    void *context;
    struct batch *batches;
    size_t batch_count;
    size_t next; /* the first that no thread has taken */
    pthread_mutex_t lock;
    pthread_cond_t finished;
};

static pthread_mutex_t shared = PTHREAD_MUTEX_INITIALIZER;

void parallel_lock(void)
{
    pthread_mutex_lock(&shared);
}

void parallel_unlock(void)
{
    pthread_mutex_unlock(&shared);
}

unsigned parallel_cores(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0) {
        return 1;
    }
    return (unsigned)CPU_COUNT(&set);
}

static void run_batch(struct pool *pool, struct batch *batch)
{
    bool captured = capture_begin(&batch->capture);
    if (captured) {
        batch->status = pool->work(pool->context, batch->first, batch->count);
        captured = capture_end(&batch->capture);
    }
    if (!captured) {
        diagnostic("out of memory");
        batch->status = EXIT_IO;
    }
}

static void *thread_main(void *context)
{
    struct pool *pool = context;
    pthread_mutex_lock(&pool->lock);
    while (pool->next < pool->batch_count) {
        struct batch *batch = &pool->batches[pool->next++];
        pthread_mutex_unlock(&pool->lock);
        run_batch(pool, batch);
        pthread_mutex_lock(&pool->lock);
        batch->done = true;
        pthread_cond_signal(&pool->finished);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

/* Prints the batches in order, each as soon as it and those before are done. */
static enum exit_status print_all(struct pool *pool)
{
    enum exit_status status = EXIT_DONE;
    for (size_t i = 0; i < pool->batch_count; i++) {
        struct batch *batch = &pool->batches[i];
        pthread_mutex_lock(&pool->lock);
        while (!batch->done) {
            pthread_cond_wait(&pool->finished, &pool->lock);
        }
        pthread_mutex_unlock(&pool->lock);
        capture_print(&batch->capture);
        status = worst(status, batch->status);
    }
    return status;
}

static enum exit_status run_threads(struct pool *pool, unsigned threads)
{
    pthread_t ids[MAX_THREADS];
    unsigned started = 0;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->finished, NULL);
    while (started < threads &&
           pthread_create(&ids[started], NULL, thread_main, pool) == 0) {
        started++;
    }
    if (started == 0) {
        thread_main(pool);
    }
    enum exit_status status = print_all(pool);
    for (unsigned i = 0; i < started; i++) {
        pthread_join(ids[i], NULL);
    }
    pthread_cond_destroy(&pool->finished);
    pthread_mutex_destroy(&pool->lock);
    return status;
}

enum exit_status parallel_run(batch_fn *work, void *context, size_t count,
                              size_t largest, unsigned jobs)
{
    if (count == 0) {
        return EXIT_DONE;
    }
    /* As many batches as jobs, unless these are too large. */
    size_t size = (count + jobs - 1) / jobs;
    size = size < largest ? size : largest;
    struct pool pool = {.work = work, .context = context};
    pool.batch_count = (count + size - 1) / size;
    if (jobs == 1 || pool.batch_count == 1) {
        enum exit_status status = EXIT_DONE;
        for (size_t first = 0; first < count; first += size) {
            size_t left = count - first;
            status =
                worst(status, work(context, first, left < size ? left : size));
        }
        return status;
    }
    pool.batches = calloc(pool.batch_count, sizeof *pool.batches);
    if (!pool.batches) {
        diagnostic("out of memory");
        return EXIT_IO;
    }
    for (size_t i = 0; i < pool.batch_count; i++) {
        pool.batches[i].first = i * size;
        pool.batches[i].count =
            i + 1 < pool.batch_count ? size : count - i * size;
    }
    jobs = jobs < MAX_THREADS ? jobs : MAX_THREADS;
    enum exit_status status = run_threads(
        &pool, jobs < pool.batch_count ? jobs : (unsigned)pool.batch_count);
    free(pool.batches);
    return status;
}

enum exit_status parallel_files(batch_fn *work, void *context, size_t count,
                                size_t largest, unsigned jobs, unsigned files)
{
    jobs = jobs ? jobs : parallel_cores();
    struct rlimit limit;
    size_t most = (size_t)jobs * largest;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        const rlim_t used = SPARE_DESCRIPTORS + input_kept_count();
        rlim_t room =
            limit.rlim_cur > used ? (limit.rlim_cur - used) / files : 0;
        most = room < most ? (size_t)room : most;
    }
    most = most > 0 ? most : 1;
    jobs = jobs < most ? jobs : (unsigned)most;
    size_t batch = largest;
    while (batch > 1 && batch * jobs > most) {
        batch--;
    }
    return parallel_run(work, context, count, batch, jobs);
}
