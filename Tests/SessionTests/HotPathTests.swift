import ProviderKit
import Testing
import VoiceActivity

@testable import Session

/// The loop with engines that run for real: back-pressure, cancellation, and the time that the loop itself takes.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct HotPathTests {
    private func conversation(_ timeline: Timeline, _ engines: Engines) -> Conversation {
        Conversation(id: "test", project: TestProjects.single(), engines: engines) { event in
            if case .agentAudio = event { timeline.sent() }
        }
    }

    @Test func aVoiceIsHeldUpAndStopsAtOnce() async throws {
        let timeline = Timeline()
        let conversation = conversation(timeline, .live(timeline, voiceActivity: try SileroModel()))
        await withDiscardingTaskGroup { group in
            group.addTask { await conversation.run() }
            await conversation.post(.text("a question"))
            await timeline.sent(12)
            timeline.mark(.cancelled)
            await conversation.post(.cancelResponse)
            await timeline.reached(.synthesisStopped)
            await timeline.reached(.generationStopped)
            conversation.end()
        }
        let window = Int(SpeechQueue.window / SpeechQueue.piece)
        #expect(timeline.furthestAhead <= window + 1, "\(timeline.furthestAhead) pieces of 100 ms")
        #expect(timeline.furthestAhead >= window / 2, "the window is used")
        for stopped in [Timeline.Mark.synthesisStopped, .generationStopped] {
            #expect(timeline.between(.cancelled, stopped).map { $0 < .seconds(1) } == true)
        }
    }

    @Test func whoeverEndsAConversationWaitsForNoVoice() async throws {
        let timeline = Timeline()
        let conversation = conversation(timeline, .live(timeline, voiceActivity: try SileroModel()))
        await withDiscardingTaskGroup { group in
            group.addTask { await conversation.run() }
            await conversation.post(.text("a question"))
            await timeline.sent(2)
            conversation.end()
        }
        #expect(timeline.between(.synthesisBegan, .synthesisStopped) != nil)
    }

    /// A hundred conversations at once. What is printed is the loop's own share; the bounds are wide, as machines that run
    /// tests are noisy.
    @Test func aHundredConversationsHardlyWaitForTheLoop() async throws {
        let model = try SileroModel()
        let timelines = (0..<100).map { _ in Timeline() }
        await withDiscardingTaskGroup { group in
            for (index, timeline) in timelines.enumerated() {
                group.addTask {
                    let engines = Engines.live(
                        timeline, voiceActivity: model, firstToken: .milliseconds(100), firstAudio: .milliseconds(80))
                    let conversation = conversation(timeline, engines)
                    await withDiscardingTaskGroup { group in
                        group.addTask { await conversation.run() }
                        // Callers do not all stop speaking in the same millisecond.
                        try? await Task.sleep(for: .milliseconds(10 * index))
                        timeline.mark(.asked)
                        await conversation.post(.text("a question"))
                        await timeline.sent(15)
                        timeline.mark(.cancelled)
                        await conversation.post(.cancelResponse)
                        await timeline.reached(.synthesisStopped)
                        await timeline.reached(.generationStopped)
                        conversation.end()
                    }
                }
            }
        }
        let steps: [(String, Timeline.Mark, Timeline.Mark)] = [
            ("question → generation", .asked, .generationBegan),
            ("sentence → synthesis", .sentenceWritten, .synthesisBegan),
            ("audio → transport", .audioMade, .audioSent),
            ("cancel → synthesis", .cancelled, .synthesisStopped),
            ("cancel → generation", .cancelled, .generationStopped),
        ]
        for (name, from, to) in steps {
            let times = timelines.compactMap { $0.between(from, to) }.sorted()
            #expect(times.count == timelines.count)
            guard let worst = times.last else { continue }
            #expect(worst < .seconds(2), "\(name)")
            print("\(name): median \(times[times.count / 2]), p99 \(times[times.count * 99 / 100])")
        }
    }
}
