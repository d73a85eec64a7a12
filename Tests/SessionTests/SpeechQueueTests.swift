import ProjectModel
import Testing

@testable import Session

@Suite struct SpeechQueueTests {
    private func queue(sentences: Int) throws -> SpeechQueue {
        let voice = try #require(TestProjects.advisor().voice(of: "Stock", within: ["Advisor"]))
        var queue = SpeechQueue(lead: .milliseconds(400))
        for id in 0..<sentences {
            queue.append(
                SpeechSegment(id: id, agent: "Stock", shown: "Words.", speech: .init(text: "Words.", voice: voice)))
        }
        return queue
    }

    private func syntheses(_ actions: [SpeechQueue.Action]) -> [SpeechSegment.ID] {
        actions.compactMap { if case .synthesize(let id, _) = $0 { id } else { nil } }
    }

    @Test func nothingCompetesWithTheFirstSound() throws {
        var queue = try queue(sentences: 3)
        #expect(syntheses(queue.advance(now: .zero)) == [0])
        #expect(syntheses(queue.advance(now: .milliseconds(10))) == [])
        queue.receive(Array(repeating: 1, count: 1600), for: 0)
        #expect(syntheses(queue.advance(now: .milliseconds(20))) == [1])
        // From here on two run at once, whatever is still to be sent.
        queue.finish(0, failed: false)
        #expect(syntheses(queue.advance(now: .milliseconds(30))) == [2])
    }

    @Test func aVoiceThatFailsAtOnceDoesNotHoldUpTheNext() throws {
        var queue = try queue(sentences: 2)
        #expect(syntheses(queue.advance(now: .zero)) == [0])
        queue.finish(0, failed: true)
        #expect(syntheses(queue.advance(now: .milliseconds(10))) == [1])
    }
}
