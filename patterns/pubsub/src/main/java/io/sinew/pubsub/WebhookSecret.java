package io.sinew.pubsub;

import io.sinew.base.ErrorCode;
import io.sinew.base.SinewException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// What an endpoint and we know and nobody else does, by which it recognises what comes from us. In
/// text `whsec_` and base64, as Standard Webhooks has it. It never shows itself in [#toString].
public final class WebhookSecret {
    /// Bytes of the shortest.
    public static final int BYTES_MIN = 24;

    /// Bytes of the longest.
    public static final int BYTES_MAX = 64;

    private static final String PREFIX = "whsec_";
    private static final String ALGORITHM = "HmacSHA256";
    private static final int BYTES_OF_OURS = 32;

    private final byte[] bytes;
    private final SecretKeySpec key;

    private WebhookSecret(byte[] bytes) {
        this.bytes = bytes;
        this.key = new SecretKeySpec(bytes, ALGORITHM);
    }

    /// A new one that nobody can guess.
    public static WebhookSecret generate() {
        byte[] bytes = new byte[BYTES_OF_OURS];
        new SecureRandom().nextBytes(bytes);
        return new WebhookSecret(bytes);
    }

    /// Reads a secret.
    ///
    /// @throws SinewException `INVALID_CONFIG`, without the secret in its message
    public static WebhookSecret parse(String text) {
        byte[] bytes = text.startsWith(PREFIX) ? decoded(text.substring(PREFIX.length())) : null;
        if (bytes == null || bytes.length < BYTES_MIN || bytes.length > BYTES_MAX) {
            throw new SinewException(
                    ErrorCode.INVALID_CONFIG,
                    "a secret is whsec_ and "
                            + BYTES_MIN
                            + " to "
                            + BYTES_MAX
                            + " bytes in base64; leave it out and one is made");
        }
        return new WebhookSecret(bytes);
    }

    private static byte @Nullable [] decoded(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /// The secret itself, for whoever runs the endpoint, and for the disk.
    public String reveal() {
        return PREFIX + Base64.getEncoder().encodeToString(bytes);
    }

    /// The signature of a message, as it stands in the header.
    String sign(String id, long timestampS, byte[] body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update((id + "." + timestampS + ".").getBytes(StandardCharsets.UTF_8));
            return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof WebhookSecret secret && MessageDigest.isEqual(bytes, secret.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return PREFIX + "…";
    }
}
