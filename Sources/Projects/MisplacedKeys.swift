/// Where a known key belongs, for a file that has it in another place: `it belongs under audio_config.vad`.
func placeHint(_ key: String) -> String? {
    misplacedKeys.first { $0.keys.contains(key) }.map { "it belongs under \($0.place)" }
}

/// Keys that have one place. Each path ends one of those that the loader asks for; a test compares them.
let misplacedKeys: [(place: String, keys: [String])] = [
    ("super_agents[].config.agent_list[]", ["next_step", "mode"]),
    ("super_agents[].config", ["goal", "floor", "loop"]),
    ("utility_agents[].config", ["output_style"]),
    ("config", ["interruptible", "min_words"]),
    ("orchestrator", ["enable_routing"]),
    ("summarize_config", ["enable_summarize"]),
    ("speech_config", ["voice", "speed", "sample_rate", "enable_speech", "normalize_text"]),
    ("llm_config", ["temperature", "top_p", "max_tokens"]),
    ("audio_config", ["asr", "tts", "vad"]),
    ("audio_config.asr", ["silence_duration_ms", "prefix_padding_ms", "end_of_turn"]),
    ("audio_config.asr.end_of_turn", ["judge", "min_silence_ms", "max_silence_ms"]),
    (
        "audio_config.vad",
        [
            "enable_barge_in", "frame_ms", "threshold", "window_size", "lockout_seconds", "grace_period_seconds",
            "silero_min_samples_seconds", "speech_probability", "resume_after_false_barge_in", "back_channels",
            "preset",
        ]
    ),
    ("deadlines", ["first_token_ms", "first_audio_ms", "final_transcript_ms"]),
]
