/// Where a known key belongs, for a file that has it in another place: `it belongs under audio_config.vad`.
/// - Parameter block: the block that has it, with `[]` for any place in a list.
func placeHint(_ key: String, in block: String) -> String? {
    let own = modelHints.first { key == "model" && $0.blocks.contains(block) }?.hint
    return own ?? misplacedKeys.first { $0.keys.contains(key) }.map { "it belongs under \($0.place)" }
}

/// `model` stands in several blocks; which was meant depends on where it was written.
private let modelHints: [(blocks: [String], hint: String)] = [
    (
        ["utility_agents[]", "utility_agents[].config"],
        "an agent's model is llm_config.model, under config"
    ),
    (["", "base_config", "orchestrator"], "the project's model is base_config.llm_config.model"),
    (["audio_config"], "it belongs under audio_config.asr or audio_config.tts"),
    (["audio_config.vad"], "the detector has no model to choose"),
]

/// Keys that have one place. Each path ends one of those that the loader asks for; a test compares them.
let misplacedKeys: [(place: String, keys: [String])] = [
    ("super_agents[].config.agent_list[]", ["next_step", "mode"]),
    ("super_agents[].config", ["goal", "floor", "loop"]),
    (
        "utility_agents[].config",
        [
            "output_style", "magic_prompt", "thinking_guidelines", "leading_questions", "memory_attribute_key",
            "feedback_schema", "feedback_interpreter", "user_input_method",
            "max_tool_steps", "custom_tools", "mcpServers", "mcp_sse_url",
        ]
    ),
    (
        "self_reflection_config",
        ["self_reflection", "max_attempts", "response_selection_mode", "return_internal_reflection_msg"]
    ),
    ("tools[]", ["on_interrupt", "progress", "timeout_seconds", "parameters"]),
    ("tools[].http", ["method", "sign_with"]),
    ("memory_config", ["memory_modules"]),
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
