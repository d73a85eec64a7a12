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

// flite keeps the pointer to a feature's name, so names must be C literals: a Swift string would be gone by the next call.
static inline void parley_set_prosody(cst_voice *voice, float stretch, float pitch) {
    flite_feat_set_float(voice->features, "duration_stretch", stretch);
    flite_feat_set_float(voice->features, "int_f0_target_mean", pitch);
}
// The voice owns `stream` from here on; clearing frees it.
static inline void parley_set_stream(cst_voice *voice, cst_audio_streaming_info *stream) {
    flite_feat_set(voice->features, "streaming_info", audio_streaming_info_val(stream));
}
static inline void parley_clear_stream(cst_voice *voice) { flite_feat_remove(voice->features, "streaming_info"); }
