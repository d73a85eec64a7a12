import ProviderKit
import Testing
import VoiceActivity

@testable import Session

/// The loop with engines that run for real: back-pressure, cancellation, and the time that the loop itself takes.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct HotPathTests {
    private func conversation(_ timeline: Timeline, _ engines: Engines) -> Conversation {
        Conversation(
            id: ConversationID("conv_hotpath00001"), project: TestProjects.single(), engines: engines,
            dialect: PlainDialect(),
            observe: { if case .told(.agentAudio) = $0 { timeline.sent() } }, send: { _ in })
    }

    @Test func aVoiceIsHeldUpAndStopsAtOnce() async throws {
        let timeline = Timeline()
        let conversation = conversation(timeline, .live(timeline, voiceActivity: try SileroModel()))
        await withDiscardingTaskGroup { group in
            group.addTask { await conversation.run() }
            await conversation.post(.text("a question"))
            await timeline.sent(12)
            timeline.mark(.cancelled)
            await conversation.post(.text(""))
            await timeline.reached(.synthesisStopped)
            await timeline.reached(.generationStopped)
            conversation.end()
        }
        let window = Int(LiveEffects.window / Playout.piece)
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

    /// A hundred conversations that all ask in the same moment, each with a voice that is as fast as it is let.
    @Test func aHundredConversationsShareTheMachine() async throws {
        let model = try SileroModel()
        let timelines = (0..<100).map { _ in Timeline() }
        await withDiscardingTaskGroup { group in
            for timeline in timelines {
                group.addTask {
                    let conversation = conversation(timeline, .live(timeline, voiceActivity: model))
                    await withDiscardingTaskGroup { group in
                        group.addTask { await conversation.run() }
                        await conversation.post(.text("a question"))
                        await timeline.sent(15)
                        timeline.mark(.cancelled)
                        await conversation.post(.text(""))
                        await timeline.reached(.synthesisStopped)
                        await timeline.reached(.generationStopped)
                        conversation.end()
                    }
                }
            }
        }
        for stopped in [Timeline.Mark.synthesisStopped, .generationStopped] {
            let times = timelines.compactMap { $0.between(.cancelled, stopped) }
            #expect(times.count == timelines.count && times.allSatisfy { $0 < .seconds(2) })
        }
    }
}
