import Foundation
import Session

extension WallClock {
    /// The clock of a conversation that begins now, in the zone of that name; nil, and a name that is unknown here, mean the
    /// zone of the server (`TZ`, else that of the machine, else UTC).
    static func now(in zone: String?, at now: Date = Date()) -> WallClock {
        let named = zone.flatMap { name in TimeZone(identifier: name).map { (name, $0) } }
        let (name, zone) = named ?? (TimeZone.current.identifier, .current)
        return WallClock(
            began: Int(now.timeIntervalSince1970.rounded(.down)), offset: zone.secondsFromGMT(for: now), zone: name)
    }
}
