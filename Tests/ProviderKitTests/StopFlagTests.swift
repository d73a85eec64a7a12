import ProviderKit
import Synchronization
import Testing

@Suite struct StopFlagTests {
    @Test func aRaiseInterruptsWhatRuns() {
        let flag = StopFlag()
        let calls = Mutex(0)
        flag.interrupting {
            calls.withLock { $0 += 1 }
        } during: {
            #expect(calls.withLock { $0 } == 0)
            flag.raise()
            #expect(calls.withLock { $0 } == 1)
        }
        flag.raise()
        #expect(calls.withLock { $0 } == 1, "nothing runs any more")
    }

    @Test func whatBeginsTooLateIsInterruptedAtOnce() {
        let flag = StopFlag()
        let calls = Mutex(0)
        flag.raise()
        flag.interrupting {
            calls.withLock { $0 += 1 }
        } during: {
            #expect(calls.withLock { $0 } == 1)
        }
    }

    @Test func errorsPassThrough() {
        struct Failure: Error {}
        let flag = StopFlag()
        #expect(throws: Failure.self) { try flag.interrupting({}, during: { throw Failure() }) }
        // The next one is interrupted as usual.
        let calls = Mutex(0)
        flag.interrupting {
            calls.withLock { $0 += 1 }
        } during: {
            flag.raise()
        }
        #expect(calls.withLock { $0 } == 1)
    }
}
