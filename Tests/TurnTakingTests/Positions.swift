import AudioCore

/// The place after `samples` samples.
func at(_ samples: Int) -> AudioPosition { AudioPosition(samples: samples) }

/// The samples of the network's window number `index`.
func window(_ index: Int) -> Range<AudioPosition> { at(index * 512)..<at((index + 1) * 512) }
