void SileroKernel_placeholder(void); void SileroKernel_placeholder(void) {}
