// How long a call of TensorFlow takes from C: the floor for any binding. Each call makes a tensor over the
// same memory, runs the session, copies the result to memory of the caller and deletes both tensors, as a
// server must whose requests have memory of their own. The session runs on the thread that calls it.
//
//     floor_tensorflow GRAPHDEF ELEMENTS SECONDS    ->    median microseconds of a call

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tensorflow/c/c_api.h>
#include <time.h>

enum { SAMPLES = 100000 };

static TF_Status *status;

static void check(void) {
    if (TF_GetCode(status) != TF_OK) {
        fprintf(stderr, "floor_tensorflow: %s\n", TF_Message(status));
        exit(1);
    }
}

static double nanos(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1e9 + now.tv_nsec;
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void keep(void *data, size_t size, void *argument) {
    (void)data, (void)size, (void)argument;
}

static TF_Graph *read_graph(const char *path) {
    static char bytes[1 << 20];
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        exit(1);
    }
    TF_Buffer *definition = TF_NewBufferFromString(bytes, fread(bytes, 1, sizeof bytes, file));
    fclose(file);
    TF_Graph *graph = TF_NewGraph();
    TF_GraphImportGraphDef(graph, definition, TF_NewImportGraphDefOptions(), status);
    check();
    return graph;
}

int main(int count, char **argument) {
    if (count != 4) {
        fprintf(stderr, "usage: floor_tensorflow GRAPHDEF ELEMENTS SECONDS\n");
        return 2;
    }
    status = TF_NewStatus();
    TF_Graph *graph = read_graph(argument[1]);
    // A ConfigProto: inter_op_parallelism_threads = -1.
    static const unsigned char config[] = {5 << 3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1};
    TF_SessionOptions *options = TF_NewSessionOptions();
    TF_SetConfig(options, config, sizeof config, status);
    check();
    TF_Session *session = TF_NewSession(graph, options, status);
    check();

    int64_t shape[] = {1, atol(argument[2])};
    size_t size = shape[1] * sizeof(float);
    float *input = aligned_alloc(64, (size + 63) / 64 * 64);
    float *output = aligned_alloc(64, (size + 63) / 64 * 64);
    memset(input, 0, size);
    TF_Output in = {TF_GraphOperationByName(graph, "x"), 0};
    TF_Output out = {TF_GraphOperationByName(graph, "sum"), 0};

    static double samples[SAMPLES];
    int taken = 0;
    double begin = nanos(), end = begin + atof(argument[3]) * 1e9, warm = begin + (end - begin) / 3;
    for (double now = begin; now < end && taken < SAMPLES; now = nanos()) {
        double start = nanos();
        TF_Tensor *given = TF_NewTensor(TF_FLOAT, shape, 2, input, size, keep, NULL);
        TF_Tensor *result = NULL;
        TF_SessionRun(session, NULL, &in, &given, 1, &out, &result, 1, NULL, 0, NULL, status);
        check();
        memcpy(output, TF_TensorData(result), size);
        TF_DeleteTensor(result);
        TF_DeleteTensor(given);
        if (now > warm) samples[taken++] = nanos() - start;
    }
    qsort(samples, taken, sizeof *samples, compare);
    printf("%.3f\n", samples[taken / 2] / 1000);
    return 0;
}
