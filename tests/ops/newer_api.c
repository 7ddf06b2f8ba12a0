/* An op library made for an ONNX Runtime that does not exist yet. Built with -DCHECKED it notices that the runtime
 * has no such API and says so; without, it does what careless libraries do: it uses the missing table and crashes. */
#include "onnx_op.h"

enum { FUTURE_API = 1000 };

ONNX_OP_EXPORT OrtStatus *RegisterCustomOps(OrtSessionOptions *options, const OrtApiBase *base) {
    const OrtApi *volatile api = base->GetApi(FUTURE_API);
    OrtCustomOpDomain *domain = NULL;
#ifdef CHECKED
    if (api == NULL) {
        return base->GetApi(1)->CreateStatus(ORT_FAIL, "this op library needs ONNX Runtime API 1000");
    }
#endif
    ONNX_OP_TRY(api->CreateCustomOpDomain("test.custom", &domain));
    return api->AddCustomOpDomain(options, domain);
}
