// How long a call of ONNX Runtime takes from C: the floor for any binding. Each call makes tensors over
// the same memory, runs the model and releases them, as a server must whose requests have memory of
// their own.
//
//     floor LIBRARY MODEL ELEMENTS SECONDS    ->    median microseconds of a call

#include <dlfcn.h>
#include <onnxruntime_c_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SAMPLES = 100000 };

static const OrtApi *api;

static void check(OrtStatus *status) {
    if (status) {
        fprintf(stderr, "floor: %s\n", api->GetErrorMessage(status));
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

int main(int count, char **argument) {
    if (count != 5) {
        fprintf(stderr, "usage: floor LIBRARY MODEL ELEMENTS SECONDS\n");
        return 2;
    }
    void *library = dlopen(argument[1], RTLD_NOW);
    if (!library) {
        fprintf(stderr, "floor: %s\n", dlerror());
        return 1;
    }
    const OrtApiBase *(*base)(void) = (const OrtApiBase *(*)(void))dlsym(library, "OrtGetApiBase");
    api = base()->GetApi(17);
    OrtEnv *env;
    OrtSessionOptions *options;
    OrtSession *session;
    OrtMemoryInfo *memory;
    check(api->CreateEnv(ORT_LOGGING_LEVEL_ERROR, "floor", &env));
    check(api->CreateSessionOptions(&options));
    check(api->SetIntraOpNumThreads(options, 1));
    check(api->CreateSession(env, argument[2], options, &session));
    check(api->CreateCpuMemoryInfo(OrtArenaAllocator, OrtMemTypeDefault, &memory));

    int64_t shape = atol(argument[3]);
    size_t size = shape * sizeof(float);
    float *input = aligned_alloc(64, (size + 63) / 64 * 64);
    float *output = aligned_alloc(64, (size + 63) / 64 * 64);
    memset(input, 0, size);
    const char *input_name = "INPUT0", *output_name = "OUTPUT0";

    static double samples[SAMPLES];
    int taken = 0;
    double begin = nanos(), end = begin + atof(argument[4]) * 1e9, warm = begin + (end - begin) / 3;
    for (double now = begin; now < end && taken < SAMPLES; now = nanos()) {
        OrtValue *in = NULL, *out = NULL;
        double start = nanos();
        check(api->CreateTensorWithDataAsOrtValue(memory, input, size, &shape, 1,
                                                  ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, &in));
        check(api->CreateTensorWithDataAsOrtValue(memory, output, size, &shape, 1,
                                                  ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, &out));
        check(api->Run(session, NULL, &input_name, (const OrtValue *const *)&in, 1, &output_name, 1,
                       &out));
        api->ReleaseValue(in);
        api->ReleaseValue(out);
        if (now > warm) samples[taken++] = nanos() - start;
    }
    qsort(samples, taken, sizeof *samples, compare);
    printf("%.3f\n", samples[taken / 2] / 1000);
    return 0;
}
