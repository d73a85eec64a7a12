import Testing

@testable import Session

@Suite(.timeLimit(.minutes(1))) struct MailboxTests {
    @Test func keepsTheOrder() async {
        let mailbox = Mailbox<Int>(limit: 4)
        let all = await withTaskGroup(of: [Int].self) { group in
            group.addTask {
                for number in 0..<1000 { await mailbox.send(number) }
                return []
            }
            group.addTask {
                var got: [Int] = []
                while got.count < 1000, let number = await mailbox.next() { got.append(number) }
                return got
            }
            return await group.reduce([]) { $0 + $1 }
        }
        #expect(all == Array(0..<1000))
    }

    @Test func aSenderWaitsWhileTheLineIsFull() async {
        let mailbox = Mailbox<Int>(limit: 2)
        await mailbox.send(0)
        await mailbox.send(1)
        await withDiscardingTaskGroup { group in
            group.addTask { await mailbox.send(2) }
            // The third finds room only once the first is taken; the order tells that it waited its turn.
            for expected in 0..<3 { #expect(await mailbox.next() == expected) }
        }
    }

    @Test func closingFreesEverybody() async {
        let mailbox = Mailbox<Int>(limit: 1)
        await mailbox.send(0)
        await withDiscardingTaskGroup { group in
            for number in 1..<5 { group.addTask { await mailbox.send(number) } }
            mailbox.close()
        }
        #expect(await mailbox.next() == nil)
        mailbox.force(9)
        #expect(await mailbox.next() == nil)
    }
}
