// Plug-ins of the TensorRT fixtures. One library each; which one says -D:
//   SCALE=2.0f   ScaleBy, version "1", namespace ""      y = SCALE * x
//   ACME         ScaleBy, version "2", namespace "acme"  y = factor * x, `factor` is a field that the plan carries
//   FAULTY       Faulty,  version "1", namespace ""      y = 2 * x, and faults on demand
//   POSITIVE     Positive, version "1", namespace ""     y = the values > 0, in order: its length depends on the data
//   V2           AddOne,  version "1", namespace ""      y = x + 1, the older interface IPluginV2DynamicExt
//   STATIC_REG   besides: registers in the process-wide registry when the library is loaded (LD_PRELOAD)
//   NO_EXPORT    besides: without getCreators, as libraries made for LD_PRELOAD alone are
#include "NvInfer.h"
#include <cuda_runtime.h>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <unistd.h>
using namespace nvinfer1;
// Kernels are not in the anonymous namespace: nvinfer1 has one too, and nvcc's host stubs become ambiguous.
static int32_t volume(Dims const& d) { int32_t n = 1; for (int i = 0; i < d.nbDims; i++) n *= d.d[i]; return n; }
static __global__ void affine(float const* x, float* y, int n, float a, float b) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] = a * x[i] + b;
}
// What the first value of the input asks for: 1001 trap, 1002 a write to an address that nothing owns,
// 1003 endless, 2000+k: busy for k milliseconds.
static __global__ void misbehave(float const* x) {
    float f = x[0];
    if (f == 1001.f) asm("trap;");
    if (f == 1002.f) *(volatile int*)0x10 = 1;
    if (f == 1003.f) for (;;) asm volatile("nanosleep.u32 1000;" ::: "memory");
    if (f > 2000.f && f < 60000.f) {
        long long t0, t;
        asm volatile("mov.u64 %0, %%globaltimer;" : "=l"(t0));
        do asm volatile("mov.u64 %0, %%globaltimer;" : "=l"(t)); while (t - t0 < (long long)(f - 2000.f) * 1000000LL);
    }
}
static __global__ void positives(float const* x, float* y, int64_t* count, int n) {
    int64_t c = 0;
    for (int i = 0; i < n; i++) if (x[i] > 0) y[c++] = x[i];
    *count = c;
}
namespace {
#ifdef V2
struct Plugin final : IPluginV2DynamicExt {
    char const* getPluginType() const noexcept override { return "AddOne"; }
    char const* getPluginVersion() const noexcept override { return "1"; }
    int32_t getNbOutputs() const noexcept override { return 1; }
    int32_t initialize() noexcept override { return 0; }
    void terminate() noexcept override {}
    size_t getSerializationSize() const noexcept override { return 0; }
    void serialize(void*) const noexcept override {}
    void destroy() noexcept override { delete this; }
    void setPluginNamespace(char const*) noexcept override {}
    char const* getPluginNamespace() const noexcept override { return ""; }
    DataType getOutputDataType(int32_t, DataType const* t, int32_t) const noexcept override { return t[0]; }
    IPluginV2DynamicExt* clone() const noexcept override { return new Plugin(); }
    DimsExprs getOutputDimensions(int32_t, DimsExprs const* in, int32_t, IExprBuilder&) noexcept override { return in[0]; }
    bool supportsFormatCombination(int32_t p, PluginTensorDesc const* d, int32_t, int32_t) noexcept override {
        return d[p].type == DataType::kFLOAT && d[p].format == PluginFormat::kLINEAR; }
    void configurePlugin(DynamicPluginTensorDesc const*, int32_t, DynamicPluginTensorDesc const*, int32_t) noexcept override {}
    size_t getWorkspaceSize(PluginTensorDesc const*, int32_t, PluginTensorDesc const*, int32_t) const noexcept override { return 0; }
    int32_t enqueue(PluginTensorDesc const* d, PluginTensorDesc const*, void const* const* in, void* const* out, void*,
        cudaStream_t s) noexcept override {
        int n = volume(d[0].dims);
        affine<<<(n + 255) / 256, 256, 0, s>>>((float const*)in[0], (float*)out[0], n, 1.f, 1.f);
        return cudaGetLastError() != cudaSuccess; }
};
struct Creator final : IPluginCreator {
    PluginFieldCollection none{0, nullptr};
    char const* getPluginName() const noexcept override { return "AddOne"; }
    char const* getPluginVersion() const noexcept override { return "1"; }
    PluginFieldCollection const* getFieldNames() noexcept override { return &none; }
    IPluginV2* createPlugin(char const*, PluginFieldCollection const*) noexcept override { return new Plugin(); }
    IPluginV2* deserializePlugin(char const*, void const*, size_t) noexcept override { return new Plugin(); }
    void setPluginNamespace(char const*) noexcept override {}
    char const* getPluginNamespace() const noexcept override { return ""; }
};
Creator creator;
IPluginCreatorInterface* creators[1] = {&creator};
#else
#if defined(ACME)
#define NAME "ScaleBy"
#define VERSION "2"
#define SPACE "acme"
#elif defined(FAULTY)
#define NAME "Faulty"
#define VERSION "1"
#define SPACE ""
#elif defined(POSITIVE)
#define NAME "Positive"
#define VERSION "1"
#define SPACE ""
#else
#define NAME "ScaleBy"
#define VERSION "1"
#define SPACE ""
#endif
#ifndef SCALE
#define SCALE 2.0f
#endif
struct Plugin final : IPluginV3, IPluginV3OneCore, IPluginV3OneBuild, IPluginV3OneRuntime {
    float factor{SCALE};
    bool building{false};
    PluginField field;
    PluginFieldCollection fields{0, nullptr};
    IPluginCapability* getCapabilityInterface(PluginCapabilityType t) noexcept override {
        if (t == PluginCapabilityType::kBUILD) return static_cast<IPluginV3OneBuild*>(this);
        if (t == PluginCapabilityType::kRUNTIME) return static_cast<IPluginV3OneRuntime*>(this);
        return static_cast<IPluginV3OneCore*>(this); }
    IPluginV3* clone() noexcept override { return new Plugin(*this); }
    char const* getPluginName() const noexcept override { return NAME; }
    char const* getPluginVersion() const noexcept override { return VERSION; }
    char const* getPluginNamespace() const noexcept override { return SPACE; }
    int32_t configurePlugin(DynamicPluginTensorDesc const*, int32_t, DynamicPluginTensorDesc const*, int32_t) noexcept override { return 0; }
    int32_t onShapeChange(PluginTensorDesc const*, int32_t, PluginTensorDesc const*, int32_t) noexcept override { return 0; }
    IPluginV3* attachToContext(IPluginResourceContext*) noexcept override { return clone(); }
#ifdef POSITIVE
    int32_t getNbOutputs() const noexcept override { return 2; }
    bool supportsFormatCombination(int32_t p, DynamicPluginTensorDesc const* d, int32_t, int32_t) noexcept override {
        return d[p].desc.type == (p == 2 ? DataType::kINT64 : DataType::kFLOAT) && d[p].desc.format == PluginFormat::kLINEAR; }
    int32_t getOutputDataTypes(DataType* o, int32_t, DataType const*, int32_t) const noexcept override {
        o[0] = DataType::kFLOAT; o[1] = DataType::kINT64; return 0; }
    int32_t getOutputShapes(DimsExprs const* in, int32_t, DimsExprs const*, int32_t, DimsExprs* out, int32_t, IExprBuilder& b) noexcept override {
        auto upper = b.operation(DimensionOperation::kPROD, *in[0].d[0], *in[0].d[1]);
        auto opt = b.operation(DimensionOperation::kCEIL_DIV, *upper, *b.constant(2));
        out[0].nbDims = 1; out[0].d[0] = b.declareSizeTensor(1, *opt, *upper);
        out[1].nbDims = 0; return 0; }
#else
    int32_t getNbOutputs() const noexcept override { return 1; }
    bool supportsFormatCombination(int32_t p, DynamicPluginTensorDesc const* d, int32_t, int32_t) noexcept override {
        return d[p].desc.type == DataType::kFLOAT && d[p].desc.format == PluginFormat::kLINEAR; }
    int32_t getOutputDataTypes(DataType* o, int32_t, DataType const* i, int32_t) const noexcept override { o[0] = i[0]; return 0; }
    int32_t getOutputShapes(DimsExprs const* in, int32_t, DimsExprs const*, int32_t, DimsExprs* out, int32_t, IExprBuilder&) noexcept override {
        out[0] = in[0]; return 0; }
#endif
    int32_t enqueue(PluginTensorDesc const* d, PluginTensorDesc const*, void const* const* in, void* const* out, void*,
        cudaStream_t s) noexcept override {
        int n = volume(d[0].dims);
#if defined(POSITIVE)
        positives<<<1, 1, 0, s>>>((float const*)in[0], (float*)out[0], (int64_t*)out[1], n);
#else
#ifdef FAULTY
        if (!building) {
            switch (d[0].dims.d[0]) { // what the host part does: the batch size asks for it
            case 60: raise(SIGSEGV); *(volatile int*)8 = 1; break;
            case 61: abort();
            case 62: _exit(3);
            case 63: return -1;
            case 64: for (;;) pause();
            }
            misbehave<<<1, 1, 0, s>>>((float const*)in[0]);
        }
#endif
        affine<<<(n + 255) / 256, 256, 0, s>>>((float const*)in[0], (float*)out[0], n, factor, 0.f);
#endif
        return cudaGetLastError() != cudaSuccess; }
    PluginFieldCollection const* getFieldsToSerialize() noexcept override {
#ifdef ACME
        field = PluginField{"factor", &factor, PluginFieldType::kFLOAT32, 1};
        fields = {1, &field};
#endif
        return &fields; }
};
struct Creator final : IPluginCreatorV3One {
    PluginField field{"factor", nullptr, PluginFieldType::kFLOAT32, 1};
#ifdef ACME
    PluginFieldCollection fields{1, &field};
#else
    PluginFieldCollection fields{0, nullptr};
#endif
    char const* getPluginName() const noexcept override { return NAME; }
    char const* getPluginVersion() const noexcept override { return VERSION; }
    char const* getPluginNamespace() const noexcept override { return SPACE; }
    PluginFieldCollection const* getFieldNames() noexcept override { return &fields; }
    IPluginV3* createPlugin(char const*, PluginFieldCollection const* c, TensorRTPhase phase) noexcept override {
        auto p = new Plugin();
        p->building = phase == TensorRTPhase::kBUILD;
        for (int i = 0; i < c->nbFields; i++)
            if (!strcmp(c->fields[i].name, "factor")) p->factor = *(float const*)c->fields[i].data;
        return p; }
};
Creator creator;
IPluginCreatorInterface* creators[1] = {&creator};
#endif
#if defined(STATIC_REG) && defined(V2)
PluginRegistrar<Creator> registrar{};
#elif defined(STATIC_REG)
PluginRegistrar<Creator> registrar{};
#endif
} // namespace
#ifndef NO_EXPORT
extern "C" IPluginCreatorInterface* const* getCreators(int32_t& n) { n = 1; return creators; }
extern "C" void setLoggerFinder(ILoggerFinder*) {}
#endif
