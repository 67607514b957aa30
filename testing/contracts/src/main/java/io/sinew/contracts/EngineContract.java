package io.sinew.contracts;

/// What every [io.sinew.topics.Engine] promises, and with what it refuses. Its test class extends
/// this, and skips nothing.
public abstract class EngineContract
        implements TopicsContract,
                AppendContract,
                ReadContract,
                OwnerContract,
                PositionsContract,
                ShareContract {}
