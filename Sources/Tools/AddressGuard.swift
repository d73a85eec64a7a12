import Network
import ProjectModel

/// Keeps tools away from private networks and from this machine. A model's words reach a tool's address, and a project may
/// be written by somebody else than who runs the server.
public enum AddressGuard {
    /// Whether an address of 4 or 16 bytes may be connected to.
    public static func allows(_ address: [UInt8]) -> Bool { IPAddress(address)?.isPublic ?? false }
}

extension HTTPCall {
    /// The call, kept to public addresses unless `allowsPrivate`. What a name stands for is judged at the moment of the
    /// connection, so a name server gains nothing by changing its mind.
    public func guarded(allowsPrivate: Bool) -> HTTPCall {
        var call = self
        if !allowsPrivate { call.mayConnect = { AddressGuard.allows($0) } }
        return call
    }
}
