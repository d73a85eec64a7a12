#include <flite/flite.h>

cst_voice *register_cmu_us_slt(const char *voxdir);
cst_voice *register_cmu_us_rms(const char *voxdir);
cst_voice *register_cmu_us_awb(const char *voxdir);
cst_voice *register_cmu_us_kal16(const char *voxdir);

// The libraries remember the one voice that they made. A voice is written to while it speaks, so each engine needs its
// own: forgetting the remembered one makes `register_…` build another. Not thread-safe; the caller holds a lock.
extern cst_voice *cmu_us_slt_cg;
extern cst_voice *cmu_us_rms_cg;
extern cst_voice *cmu_us_awb_cg;
extern cst_voice *cmu_us_kal16_diphone;

static inline cst_voice *parley_new_slt(void) { cmu_us_slt_cg = 0; return register_cmu_us_slt(0); }
static inline cst_voice *parley_new_rms(void) { cmu_us_rms_cg = 0; return register_cmu_us_rms(0); }
static inline cst_voice *parley_new_awb(void) { cmu_us_awb_cg = 0; return register_cmu_us_awb(0); }
static inline cst_voice *parley_new_kal16(void) { cmu_us_kal16_diphone = 0; return register_cmu_us_kal16(0); }
