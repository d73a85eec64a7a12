import Evaluation
import Projects
import Testing

/// Scenarios over the real loop on virtual time.
struct ConversationTests {
    @Test(arguments: ["say_text", "speak"])
    func aLineIsAnsweredAndHeard(line: String) async throws {
        let (result, call) = try await Playing.play(
            """
            model:
              - when: visiting
                say: Visiting hours are from two to six.
              - when: thank
                say: You are welcome.
            steps:
              - \(line): What are the visiting hours?
              - expect: {said: "two to six", heard: [visiting, "/two\\\\sto/"], within_ms: 2500, interrupted: false, ended: false}
              - \(line): Thank you.
              - expect:
                  heard: {contains: welcome, absent: [hours]}
            finally:
              said: [visiting, welcome]
            """)
        #expect(result.findings == [])
        #expect(call.problems == [])
        #expect(result.expectations == 3)
    }

    @Test func whatIsNotAsExpectedIsSaidWithItsPlace() async throws {
        let (result, _) = try await Playing.play(
            """
            model: [{say: Good morning.}]
            steps:
              - say_text: Hello?
              - expect: {said: evening, heard: {absent: morning}, within_ms: 1, ended: true, interrupted: true}
              - expect:
                  tools: [{name: book}]
            """)
        let length = try #require(wait(in: result))
        #expect(
            result.findings.map(\.message) == [
                #""evening" was not said; said was: "Good morning.""#,
                #""morning" was heard, and was not to be; heard was: "Good morning.""#,
                "the answer began after \(length) ms; it was to begin within 1 ms",
                "no answer was interrupted", "the conversation is not over",
                "book was to be called, and was called 0 ×; calls: none",
            ])
        #expect(result.findings.map(\.place.line) == [4, 4, 4, 4, 4, 5])
    }

    private func wait(in result: ScenarioResult) -> String? {
        result.findings.compactMap { $0.message.firstMatch(of: #/after (\d+) ms/#).map { String($0.1) } }.first
    }

    @Test func anInterruptionCutsWhatIsHeardAndNotWhatIsSaid() async throws {
        let (result, _) = try await Playing.play(
            """
            model:
              - say: One two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen.
              - when: stop
                say: I am sorry.
            steps:
              - say_text: Count, please.
              - interrupt: {speak: Please stop that now, after_ms: 1200}
              - expect:
                  interrupted: true
                  said: [sixteen, sorry]
                  heard: {contains: [one, sorry], absent: sixteen}
            """)
        #expect(result.findings == [])
    }

    @Test func aLineAfterALineWaitsForTheAnswer() async throws {
        let (result, _) = try await Playing.play(
            """
            model: [{say: The first answer is complete.}, {say: And so is the second.}]
            steps:
              - speak: The first question of two.
              - speak: The second question of two.
              - wait_ms: 3000
              - expect: {interrupted: false, heard: ["first answer is complete", "so is the second"]}
            """)
        #expect(result.findings == [])
        #expect(result.length > .seconds(9))
    }

    @Test func anInterruptionThatCannotHappenIsAFinding() async throws {
        let (result, _) = try await Playing.play(
            """
            model: [{say: Yes.}, {say: No.}]
            steps:
              - say_text: Is it so?
              - interrupt: {speak: "No, wait.", after_ms: 60000}
              - interrupt: {speak: "No, wait.", at_tool: book}
            """)
        #expect(
            result.findings.map(\.message) == [
                "nothing to interrupt: no answer was played so long", "nothing to interrupt: book was not called",
            ])
    }

    @Test func aScriptThatIsTooShortIsAProblem() async throws {
        let (result, call) = try await Playing.play(
            """
            model: [{say: Yes., when: so}]
            steps:
              - say_text: Is it so?
              - expect: {said: "yes"}
              - say_text: Are you sure?
            """)
        #expect(result.findings.map(\.message) == call.problems)
        #expect(call.problems.count == 1)
        #expect(call.problems.allSatisfy { $0.contains("no reply left for Desk") && $0.contains("Are you sure?") })
    }

    @Test func aModelThatFailsIsAnApology() async throws {
        let (result, _) = try await Playing.play(
            """
            model: [{fails: true}]
            steps:
              - say_text: Is it so?
              - expect: {heard: "/sorry|apolog/"}
            """)
        #expect(result.findings == [])
    }

    @Test func aPushToTalkProjectHearsTheCaller() async throws {
        let project = String(try #require(Playing.project.split(separator: "audio_config:").first))
        let (result, _) = try await Playing.play(
            """
            model: [{when: visiting hours, say: From two to six.}]
            steps:
              - speak: What are your visiting hours?
              - expect: {heard: two to six}
            """, with: project)
        #expect(result.findings == [])
    }

    @Test func theSameScenarioIsTheSameConversation() async throws {
        let text = """
            model: [{say: One two three four five six seven eight nine ten eleven.}, {say: Good bye., delay_ms: 900}]
            steps:
              - speak: Tell me a long story.
              - interrupt: {speak: I would rather hear nothing at all.}
            """
        let first = try await Playing.play(text)
        let second = try await Playing.play(text)
        #expect(first.call.trace == second.call.trace)
        #expect(first.call.trace.entries.count > 10)
    }
}
