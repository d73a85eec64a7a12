void ConsolePage_placeholder(void); void ConsolePage_placeholder(void) {}
