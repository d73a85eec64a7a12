import ProjectModel
import Testing

@testable import Session

/// What `--set` takes.
@Suite struct ReplaySettingsTests {
    private let settings = ReplaySettings(project: ScriptedCall.advisor(), lead: .milliseconds(400), knowsPauses: true)

    @Test(arguments: [
        "audio_config.vad.enable_barge_in=false", "audio_config.vad.frame_ms=20", "audio_config.vad.threshold=12",
        "audio_config.vad.window_size=60", "audio_config.vad.lockout_seconds=0.25",
        "audio_config.vad.grace_period_seconds=2", "audio_config.vad.silero_min_samples_seconds=0",
        "audio_config.vad.speech_probability=0.7", "audio_config.vad.resume_after_false_barge_in=false",
        "audio_config.vad.back_channels=mhm, Ok", "audio_config.asr.silence_duration_ms=300",
        "audio_config.asr.end_of_turn.min_silence_ms=200", "audio_config.asr.end_of_turn.max_silence_ms=1500",
        "audio_config.asr.prefix_padding_ms=0", "utility_agents.interruptible=after_first_sentence",
        "utility_agents.Stock.min_words=3", "lead_ms=200", "pauses=false",
    ]) func everyKeyChangesSomething(assignment: String) throws {
        var changed = settings
        try changed.set(assignment)
        #expect(changed.project != settings.project || changed.lead != settings.lead || !changed.knowsPauses)
    }

    @Test func keysOfOneAgentLeaveTheOthers() throws {
        var changed = settings
        try changed.set("utility_agents.Stock.min_words=3")
        #expect(changed.project.agents.map(\.interruption.minimumWords) == [3, 0])
        try changed.set("utility_agents.interruptible=false")
        #expect(changed.project.agents.map(\.interruption.permission) == [.never, .never])
    }

    @Test(arguments: [
        ("audio_config.vad.treshold=12", "audio_config.vad.threshold"), ("audio_config.vad.threshold=0", "1…1000"),
        ("audio_config.vad.threshold=many", "whole number"), ("audio_config.vad.threshold=100", "window_size"),
        ("audio_config.vad.speech_probability=nan", "0…1"), ("audio_config.asr.silence_duration_ms=99", "100…10000"),
        ("audio_config.vad.threshold", "KEY=VALUE"), ("=", "there is no key"),
        ("utility_agents.Bond.min_words=1", "Stock"),
        ("utility_agents.min_words=21", "0…20"), ("utility_agents.Stock.interruptible=maybe", "after_first_sentence"),
        ("lead_ms=-1", "0…10000"), ("pauses=", "true or false"),
    ]) func faultsNameTheKeyAndWhatMayBeSet(assignment: String, hint: String) {
        var changed = settings
        do {
            try changed.set(assignment)
            Issue.record("\(assignment) was taken")
        } catch {
            #expect(error.description.contains(hint), "\(error)")
            #expect(error.description.contains(assignment.prefix { $0 != "=" }))
        }
        #expect(changed == settings)
    }

    @Test func pushToTalkHasNoThreshold() throws {
        var changed = settings
        try changed.set("audio_config.vad.enable_barge_in=false")
        #expect(throws: ReplaySettings.Fault.self) { try changed.set("audio_config.vad.threshold=12") }
    }
}
