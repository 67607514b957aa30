package io.sinew.pubsub;

/// Subscriptions on the embedded engine.
class SubscriptionOnDiskTest extends SubscriptionContract {
    @Override
    SubscriptionsUnderTest begin() throws Exception {
        return new SubscriptionsOnDisk();
    }
}
