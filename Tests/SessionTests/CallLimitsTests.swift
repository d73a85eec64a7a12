import Agents
import ProjectModel
import TestSupport
import Testing

@testable import Session

/// The rules of a whole call, without a conversation around them.
@Suite struct CallLimitsTests {
    private static func rules(_ change: (inout CallRules) -> Void = { _ in }) -> CallRules {
        var rules = CallRules()
        rules.idle = CallRules.Idle(after: .seconds(10), prompt: "Still there?", hangUpAfter: 2)
        rules.goodbye = "Goodbye."
        change(&rules)
        return rules
    }

    private static func limits(_ change: (inout CallRules) -> Void = { _ in }) -> CallLimits {
        CallLimits(rules(change), PromptValues([]), now: .zero)
    }

    /// All that is due at once.
    private static func all(
        _ limits: inout CallLimits, _ situation: CallLimits.Situation, at seconds: Double
    ) -> [CallLimits.Action] {
        var (actions, situation) = ([CallLimits.Action](), situation)
        while let action = limits.due(situation, now: .seconds(seconds)) {
            actions.append(action)
            switch action {
            case .say: situation = .answer
            case .fallSilent: situation = .quiet
            case .finishSentence, .end: break
            }
        }
        return actions
    }

    private typealias Row = (situation: CallLimits.Situation, at: Double, due: [CallLimits.Action])

    private static let prompt = CallLimits.Action.say(.prompt, "Still there?")
    private static let goodbye = CallLimits.Action.say(.goodbye, "Goodbye.")

    private static func check(_ limits: inout CallLimits, _ rows: [Row]) {
        for row in rows {
            let due = all(&limits, row.situation, at: row.at)
            #expect(due == row.due, "\(row.situation) at \(row.at)")
        }
    }

    @Test func aSilenceIsAskedAboutTwiceAndThenItEnds() {
        var limits = Self.limits()
        Self.check(
            &limits,
            [
                (.quiet, 0, []), (.quiet, 9.9, []), (.quiet, 10, [Self.prompt]), (.answer, 10, []), (.answer, 13, []),
                (.quiet, 14, []), (.quiet, 23.9, []), (.quiet, 24, [Self.prompt]), (.answer, 26, []),
                (.quiet, 27, []), (.quiet, 37, [Self.goodbye]), (.answer, 37, []), (.answer, 39, []), (.quiet, 40, []),
                (.quiet, 40.4, []), (.quiet, 40.5, [.end(.idle)]), (.quiet, 41, []), (.answer, 99, []),
            ])
        #expect(limits.isOver)
    }

    @Test func speechBeginsTheWaitAnewAndWordsTheCount() {
        var limits = Self.limits()
        Self.check(
            &limits,
            [
                (.quiet, 0, []), (.caller, 9, []), (.quiet, 11, []), (.quiet, 20.9, []), (.quiet, 21, [Self.prompt]),
                (.answer, 21, []), (.quiet, 23, []), (.quiet, 33, [Self.prompt]), (.quiet, 35, []), (.caller, 36, []),
            ])
        #expect(limits.callerSaid() == true)
        Self.check(
            &limits,
            [
                (.answer, 37, []), (.quiet, 40, []), (.quiet, 50, [Self.prompt]), (.quiet, 51, []),
                (.quiet, 61, [Self.prompt]), (.quiet, 62, []), (.quiet, 72, [Self.goodbye]),
            ])
        #expect(limits.callerSaid() == false, "who says goodbye does not answer any more")
    }

    @Test func theLongestCallEndsWithTheSentence() {
        var limits = Self.limits { $0.longest = .seconds(60) }
        Self.check(
            &limits,
            [
                (.answer, 59, []), (.answer, 60, [.finishSentence]), (.answer, 62, []), (.quiet, 63, [Self.goodbye]),
                (.answer, 64, []), (.quiet, 65, []), (.quiet, 65.5, [.end(.longestCall)]),
            ])
    }

    @Test func theLongestCallWaitsForNobodyForEver() {
        var limits = Self.limits { $0.longest = .seconds(60) }
        Self.check(&limits, [(.caller, 60, []), (.caller, 74.9, []), (.caller, 75, [.fallSilent, Self.goodbye])])
        Self.check(
            &limits,
            [
                (.answer, 75, []), (.answer, 134, []),
                // A goodbye that never ends is cut.
                (.answer, 135, [.fallSilent, .end(.longestCall)]),
            ])
    }

    @Test func anAgentEndsTheCallAfterItsWords() {
        var limits = Self.limits()
        _ = limits.due(.answer, now: .zero)
        #expect(limits.hangUp(.agent) == true)
        #expect(limits.hangUp(.agent) == false)
        Self.check(&limits, [(.answer, 1, []), (.answer, 100, [])])
        var silent = limits
        limits.answered(hasSounded: true)
        Self.check(&limits, [(.quiet, 101, []), (.quiet, 101.5, [.end(.agent)])])
        silent.answered(hasSounded: false)
        Self.check(&silent, [(.quiet, 101, [Self.goodbye])])
    }

    @Test func aCallerWithMoreToSayKeepsTheCall() {
        var limits = Self.limits { $0.longest = .seconds(60) }
        #expect(limits.hangUp(.agent) == true)
        #expect(limits.callerSaid() == true)
        Self.check(&limits, [(.quiet, 1, []), (.quiet, 11, [Self.prompt]), (.answer, 60, [.finishSentence])])
        #expect(limits.callerSaid() == false, "the longest call is not kept")
    }

    @Test func theGreetingWaitsForTheFloorAndForValues() {
        var limits = Self.limits { $0.greeting = "Hello." }
        Self.check(&limits, [(.answer, 0, []), (.quiet, 3, [.say(.greeting, "Hello.")]), (.quiet, 4, [])])
        var open = Self.limits { $0.greeting = "Hello, {caller}." }
        Self.check(&open, [(.quiet, 0, []), (.quiet, 0.4, [])])
        var late = open
        open.valuesCame(now: .milliseconds(450))
        #expect(open.nextDeadline(.quiet) == .milliseconds(450))
        Self.check(&open, [(.quiet, 0.45, [.say(.greeting, "Hello, {caller}.")])])
        Self.check(&late, [(.quiet, 0.5, [.say(.greeting, "Hello, {caller}.")])])
        var spoken = Self.limits { $0.greeting = "Hello." }
        #expect(spoken.callerSaid() == true)
        Self.check(&spoken, [(.answer, 0, []), (.quiet, 5, [])])
    }

    @Test func withoutRulesNothingIsDue() {
        var limits = CallLimits(CallRules(), PromptValues([]), now: .zero)
        for second in 0..<10_000 {
            let action = limits.due(.quiet, now: .seconds(second))
            #expect(action == nil)
        }
        #expect(limits.nextDeadline(.quiet) == nil)
    }

    // MARK: - Laws

    /// A random conversation around the machine: it is woken when it wants to be, and otherwise whenever something happens.
    @Test(arguments: 0..<300) func laws(seed: Int) {
        var random = Seeded(seed)
        var rules = CallRules()
        rules.greeting = Bool.random(using: &random) ? "Hello." : nil
        rules.goodbye = Bool.random(using: &random) ? "Goodbye." : nil
        rules.longest = Bool.random(using: &random) ? .seconds(.random(in: 1...200, using: &random)) : nil
        let after = Duration.seconds(.random(in: 1...20, using: &random))
        rules.idle =
            Bool.random(using: &random)
            ? .init(after: after, prompt: "Still there?", hangUpAfter: .random(in: 0...3, using: &random)) : nil
        var limits = CallLimits(rules, PromptValues([]), now: .zero)
        var (now, situation): (Duration, CallLimits.Situation) = (.zero, .quiet)
        var (quietSince, prompts, ends): (Duration?, Int, [Duration]) = (.zero, 0, [])
        var isDeaf = false
        for _ in 0..<400 {
            var steps = 0
            while let action = limits.due(situation, now: now) {
                steps += 1
                #expect(steps < 10, "seed \(seed): no end of actions")
                #expect(ends.isEmpty, "seed \(seed): after the end")
                switch action {
                case .say(let kind, _):
                    #expect(situation == .quiet, "seed \(seed): over somebody")
                    if kind == .prompt {
                        #expect(quietSince.map { now - $0 >= after } == true, "seed \(seed): too soon")
                        prompts += 1
                        #expect(prompts <= rules.idle?.hangUpAfter ?? 0, "seed \(seed): too many prompts")
                    }
                    isDeaf = kind == .goodbye
                    situation = .answer
                case .finishSentence: #expect(situation == .answer)
                case .fallSilent: situation = .quiet
                case .end: ends.append(now)
                }
                if situation != .quiet { quietSince = nil } else if quietSince == nil { quietSince = now }
            }
            // What the machine wants comes first, as far as it is before what happens next.
            let next = now + .milliseconds(.random(in: 1...15_000, using: &random))
            if let wake = limits.nextDeadline(situation), wake < next {
                #expect(wake > now, "seed \(seed): a deadline that has passed")
                now = wake
                continue
            }
            now = next
            switch Int.random(in: 0..<6, using: &random) {
            case 0 where !limits.isDeaf: situation = .caller
            case 1 where situation == .caller:
                situation = limits.callerSaid() ? .answer : .quiet
                prompts = 0
            case 2 where situation == .answer && !isDeaf: _ = limits.hangUp(.agent)
            default: situation = .quiet
            }
            if situation != .quiet { quietSince = nil } else if quietSince == nil { quietSince = now }
        }
        #expect(ends.count <= 1)
        if let longest = rules.longest {
            #expect(ends.first.map { $0 <= longest + CallLimits.longestExcess } == true, "seed \(seed): too long")
        }
    }
}
